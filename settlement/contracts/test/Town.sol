// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AttestationReport} from "../src/AttestationReport.sol";
import {BalanceLeaf} from "../src/BalanceLeaf.sol";
import {IntervalStart, Kind, Member, Nano, WattHours, Zone} from "../src/Names.sol";
import {SettlementReport} from "../src/SettlementReport.sol";
import {Street} from "./Street.sol";

/// @dev A street whose oracles also sign settlement roots.
abstract contract Town is Street {
    Member internal constant NOBODY = Member.wrap(0);
    Member internal constant ANNA = Member.wrap("anna");
    Member internal constant BEN = Member.wrap("ben");
    Kind internal constant MEMBER = Kind.wrap(1);
    Kind internal constant SUPPLIER = Kind.wrap(2);
    address internal constant ANNAS = address(0xA77A);
    address internal constant BENS = address(0xBE77);
    address internal constant SUPPLIERS = address(0x5077);
    /// @dev One euro in units of the test euro, and in 1e-9.
    uint64 internal constant EURO = 1e6;
    uint64 internal constant NANO = 1e9;

    function leafOf(Member member, address payout, uint64 energy, uint64 released, uint64 balance)
        internal
        pure
        returns (BalanceLeaf.Leaf memory)
    {
        return BalanceLeaf.Leaf({
            zone: ZONE,
            kind: Member.unwrap(member) == 0 ? SUPPLIER : MEMBER,
            member: member,
            payout: payout,
            energy: WattHours.wrap(energy),
            released: Nano.wrap(released),
            balance: Nano.wrap(balance)
        });
    }

    function encode(BalanceLeaf.Leaf memory l) internal pure returns (bytes memory) {
        return bytes.concat(
            bytes16("wattle/balance/1"),
            Zone.unwrap(l.zone),
            bytes1(Kind.unwrap(l.kind)),
            Member.unwrap(l.member),
            bytes20(l.payout),
            bytes8(WattHours.unwrap(l.energy)),
            bytes8(Nano.unwrap(l.released)),
            bytes8(Nano.unwrap(l.balance))
        );
    }

    function encode(SettlementReport.Report memory r) internal pure returns (bytes memory) {
        bytes memory key = bytes.concat(
            bytes32("wattle/settlement/1"), Zone.unwrap(r.zone), bytes8(IntervalStart.unwrap(r.start)), bytes4(r.length)
        );
        return bytes.concat(
            key,
            bytes4(r.run),
            r.root,
            bytes8(r.number),
            bytes8(r.countedTo),
            bytes4(r.members),
            bytes8(WattHours.unwrap(r.energy)),
            bytes8(Nano.unwrap(r.released)),
            bytes8(Nano.unwrap(r.owed))
        );
    }

    /// @dev The next root over these leaves, about the interval of START, which must be posted.
    function settlement(BalanceLeaf.Leaf[] memory leaves) internal returns (SettlementReport.Report memory r) {
        VM.roll(++height); // the block that was the newest is closed, and can be counted
        uint64 energy;
        uint64 released;
        uint64 owed;
        for (uint256 i; i < leaves.length; ++i) {
            energy += WattHours.unwrap(leaves[i].energy);
            released += Nano.unwrap(leaves[i].released);
            owed += Nano.unwrap(leaves[i].released) + Nano.unwrap(leaves[i].balance);
        }
        r = SettlementReport.Report({
            zone: ZONE,
            start: IntervalStart.wrap(START),
            length: QUARTER,
            run: 0,
            root: rootOf(leaves),
            number: hub.purseOf(ZONE).last + 1,
            countedTo: uint64(height - 1),
            members: uint32(leaves.length),
            energy: WattHours.wrap(energy),
            released: Nano.wrap(released),
            owed: Nano.wrap(owed)
        });
    }

    function settle(BalanceLeaf.Leaf[] memory leaves) internal {
        bytes memory b = encode(settlement(leaves));
        hub.settle(b, DIGEST, 1, signed(b));
    }

    /// @dev A root over one or two leaves.
    function settle(BalanceLeaf.Leaf memory one) internal {
        settle(list(one));
    }

    function list(BalanceLeaf.Leaf memory one) internal pure returns (BalanceLeaf.Leaf[] memory leaves) {
        leaves = new BalanceLeaf.Leaf[](1);
        leaves[0] = one;
    }

    function list(BalanceLeaf.Leaf memory one, BalanceLeaf.Leaf memory two)
        internal
        pure
        returns (BalanceLeaf.Leaf[] memory leaves)
    {
        leaves = new BalanceLeaf.Leaf[](2);
        (leaves[0], leaves[1]) = (one, two);
    }

    function deposit(Member member, address from, uint256 amount) internal {
        euro.mint(from, amount);
        VM.prank(from);
        euro.approve(address(hub), amount);
        VM.prank(from);
        hub.deposit(ZONE, member, amount);
    }

    function hashOf(BalanceLeaf.Leaf memory l) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(encode(l))));
    }

    /// @dev The tree of docs/protocol.md, written as it is said there.
    function rootOf(BalanceLeaf.Leaf[] memory leaves) internal pure returns (bytes32) {
        bytes32[] memory level = hashes(leaves);
        while (level.length > 1) level = above(level);
        return level.length == 0 ? bytes32(0) : level[0];
    }

    function proofOf(BalanceLeaf.Leaf[] memory leaves, uint256 index) internal pure returns (bytes32[] memory proof) {
        bytes32[] memory level = hashes(leaves);
        bytes32[] memory found = new bytes32[](32);
        uint256 n;
        for (; level.length > 1; index /= 2) {
            if (index ^ 1 < level.length) found[n++] = level[index ^ 1];
            level = above(level);
        }
        proof = new bytes32[](n);
        for (uint256 i; i < n; ++i) {
            proof[i] = found[i];
        }
    }

    function hashes(BalanceLeaf.Leaf[] memory leaves) private pure returns (bytes32[] memory level) {
        level = new bytes32[](leaves.length);
        for (uint256 i; i < leaves.length; ++i) {
            level[i] = hashOf(leaves[i]);
        }
    }

    function above(bytes32[] memory level) private pure returns (bytes32[] memory up) {
        up = new bytes32[]((level.length + 1) / 2);
        for (uint256 i; i < up.length; ++i) {
            up[i] = level[2 * i];
            if (2 * i + 1 == level.length) break;
            (bytes32 a, bytes32 b) = (level[2 * i], level[2 * i + 1]);
            up[i] = a < b ? keccak256(bytes.concat(a, b)) : keccak256(bytes.concat(b, a));
        }
    }
}
