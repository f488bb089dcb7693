// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "./IEscrow.sol";
import {IMint} from "./IMint.sol";
import {IOracles} from "./IOracles.sol";

/// @title The hub of all zones
/// @notice Mints attested energy (IMint) and holds the members' money (IEscrow), both under the signatures of one group of
/// oracles (IOracles).
///
/// It is one contract because one claim pays tokens and money under one root, and one quorum decides about both; apart,
/// each would have to trust the other's address. It is written in parts that do not touch each other's storage, and its
/// code stays below the limit of 24 KiB (EIP-170), which a test checks.
interface IHub is IEscrow, IMint, IOracles {}
