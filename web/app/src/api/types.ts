import type { Branded } from "../units/units";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Street = Branded<Schemas["Street"]>;
export type Home = Branded<Schemas["Home"]>;
export type Interval = Branded<Schemas["Interval"]>;
export type Proof = Branded<Schemas["Proof"]>;
export type Leaf = Branded<Schemas["Leaf"]>;
export type Ledger = Branded<Schemas["Ledger"]>;
export type Line = Branded<Schemas["Line"]>;
export type Part = Branded<Schemas["Part"]>;
export type Live = Branded<Schemas["Live"]>;
export type Flow = Branded<Schemas["Flow"]>;
export type Market = Branded<Schemas["Market"]>;
export type Book = Branded<Schemas["Book"]>;
export type Level = Branded<Schemas["Level"]>;
export type Trade = Branded<Schemas["Trade"]>;
export type Settlement = Branded<Schemas["Settlement"]>;
export type FlowFrame = Branded<Schemas["FlowFrame"]>;
export type MarketFrame = Branded<Schemas["MarketFrame"]>;
export type SettlementFrame = Branded<Schemas["SettlementFrame"]>;
export type Heartbeat = Branded<Schemas["Heartbeat"]>;
export type TopicFrame = FlowFrame | MarketFrame | SettlementFrame;
export type Frame = TopicFrame | Heartbeat;
export type Problem = Schemas["Problem"];
