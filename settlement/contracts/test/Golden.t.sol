// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BalanceLeaf} from "../src/BalanceLeaf.sol";
import {IntervalStart, Kind, Member, Nano, WattHours, Zone} from "../src/Names.sol";
import {SettlementReport} from "../src/SettlementReport.sol";
import {Town} from "./Town.sol";

/// @dev The bytes that the other programs write, from their golden files: a header and lines "offset name hex" for each
/// part, whose third column, joined, is the encoding. A line "hash" has no offset and belongs to no encoding.
contract GoldenTest is Town {
    struct Part {
        string name;
        bytes[] values;
        bytes encoding;
        bytes32 hash;
    }

    function setUp() public {
        open(0);
    }

    function decodeReport(bytes calldata b) external pure returns (SettlementReport.Report memory) {
        return SettlementReport.decode(b);
    }

    function decodeLeaf(bytes calldata b) external pure returns (BalanceLeaf.Leaf memory) {
        return BalanceLeaf.decode(b);
    }

    function testSettlementReport() public {
        Part[] memory parts = read("../../oracle/testdata/settled.golden");
        Part memory p = parts[0];
        SettlementReport.Report memory r = this.decodeReport(p.encoding);
        equal(Zone.unwrap(r.zone), bytes32(p.values[1]), "zone");
        equal(IntervalStart.unwrap(r.start), number(p.values[2]), "start");
        equal(r.length, number(p.values[3]), "length");
        equal(r.run, number(p.values[4]), "run");
        equal(r.root, bytes32(p.values[5]), "root");
        equal(r.number, number(p.values[6]), "number");
        equal(r.countedTo, number(p.values[7]), "block");
        equal(r.members, number(p.values[8]), "leaves");
        equal(WattHours.unwrap(r.energy), number(p.values[9]), "energy");
        equal(Nano.unwrap(r.released), number(p.values[10]), "released");
        equal(Nano.unwrap(r.owed), number(p.values[11]), "owed");
        equal(keccak256(encode(r)), keccak256(p.encoding), "encoded again");

        Part memory s = parts[2]; // domain, report, config, sequence, count, signatures
        bytes32 digest = bytes32(s.values[2]);
        uint64 sequence = uint64(number(s.values[3]));
        bytes32 hash = parts[1].hash;
        equal(signingHash(p.encoding, digest, sequence), hash, "signing hash");
        before(r);
        address[] memory signers = oracles(4);
        (signers[0], signers[1]) = (signer(hash, s.values[5]), signer(hash, s.values[6]));
        hub.setOracles(digest, signers, 1);
        hub.settle(p.encoding, digest, sequence, bytes.concat(s.values[5], s.values[6]));
        equal(hub.settlementOf(ZONE, r.number).root, r.root, "accepted");
    }

    /// @dev Makes everything true that the report builds on: money, the attestation, and the roots before.
    function before(SettlementReport.Report memory r) private {
        VM.roll(height = r.countedTo + 1);
        deposit(NOBODY, SUPPLIERS, Nano.unwrap(r.owed) / 1_000 + 1);
        post(IntervalStart.unwrap(r.start), 0);
        uint64 last = r.number;
        for (r.number = 1; r.number < last; ++r.number) {
            bytes memory b = encode(r);
            hub.settle(b, DIGEST, 1, signed(b));
        }
    }

    function signer(bytes32 hash, bytes memory signature65) private pure returns (address) {
        bytes32 r;
        bytes32 s;
        for (uint256 i; i < 32; ++i) {
            r |= bytes32(signature65[i]) >> (8 * i);
            s |= bytes32(signature65[32 + i]) >> (8 * i);
        }
        return ecrecover(hash, uint8(signature65[64]) + 27, r, s);
    }

    function testBalanceLeaves() public {
        Part[] memory parts = read("../testdata/balances.golden");
        uint256 n;
        while (equals(parts[n].name, "leaf")) ++n;
        BalanceLeaf.Leaf[] memory leaves = new BalanceLeaf.Leaf[](n);
        for (uint256 i; i < n; ++i) {
            Part memory p = parts[i];
            BalanceLeaf.Leaf memory l = this.decodeLeaf(p.encoding);
            equal(Zone.unwrap(l.zone), bytes32(p.values[1]), "zone");
            equal(Kind.unwrap(l.kind), number(p.values[2]), "kind");
            equal(Member.unwrap(l.member), bytes32(p.values[3]), "member");
            equal(uint160(l.payout), number(p.values[4]), "payout");
            equal(WattHours.unwrap(l.energy), number(p.values[5]), "energy");
            equal(Nano.unwrap(l.released), number(p.values[6]), "released");
            equal(Nano.unwrap(l.balance), number(p.values[7]), "balance");
            equal(keccak256(encode(l)), keccak256(p.encoding), "encoded again");
            equal(hashOf(l), p.hash, "hash");
            leaves[i] = l;
        }
        require(equals(parts[n].name, "report"), "report after the leaves");
        SettlementReport.Report memory r = this.decodeReport(parts[n].values[0]);
        equal(r.root, rootOf(leaves), "root");
        SettlementReport.Report memory ours = settlement(leaves);
        equal(r.members, n, "members");
        equal(WattHours.unwrap(r.energy), WattHours.unwrap(ours.energy), "energy");
        equal(Nano.unwrap(r.released), Nano.unwrap(ours.released), "released");
        equal(Nano.unwrap(r.owed), Nano.unwrap(ours.owed), "owed");
    }

    function read(string memory file) private view returns (Part[] memory parts) {
        string[] memory lines = VM.split(VM.readFile(file), "\n");
        parts = new Part[](count(lines));
        uint256 n;
        for (uint256 i; i < lines.length && bytes(lines[i]).length != 0; ++n) {
            uint256 end = i + 1;
            while (end < lines.length && bytes(lines[end]).length != 0 && bytes(lines[end])[0] == " ") ++end;
            parts[n] = part(lines, i, end);
            i = end;
        }
    }

    function count(string[] memory lines) private pure returns (uint256 n) {
        for (uint256 i; i < lines.length; ++i) {
            if (bytes(lines[i]).length != 0 && bytes(lines[i])[0] != " ") ++n;
        }
    }

    function part(string[] memory lines, uint256 from, uint256 to) private pure returns (Part memory p) {
        p.name = lines[from];
        p.values = new bytes[](to - from - 1);
        for (uint256 i; i < p.values.length; ++i) {
            string[] memory words = VM.split(VM.trim(lines[from + 1 + i]), " ");
            p.values[i] = VM.parseBytes(string.concat("0x", words[words.length - 1]));
            if (equals(words[0], "hash")) p.hash = bytes32(p.values[i]);
            else p.encoding = bytes.concat(p.encoding, p.values[i]);
        }
    }

    function equals(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }

    /// @dev A number of up to 32 bytes, big-endian.
    function number(bytes memory b) private pure returns (uint256 n) {
        for (uint256 i; i < b.length; ++i) {
            n = n << 8 | uint8(b[i]);
        }
    }
}
