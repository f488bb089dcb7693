// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BalanceLeaf} from "../src/BalanceLeaf.sol";
import {SettlementReport} from "../src/SettlementReport.sol";
import {Town} from "./Town.sol";

/// @dev What a transaction costs, its 21,000 and its bytes included, in snapshots/GasTest.json.
contract GasTest is Town {
    /// @dev Seven oracles of which two may be faulty: three signatures.
    function setUp() public {
        open(0);
        hub.setOracles(DIGEST, oracles(7), 2);
        (bytes memory b, bytes memory signatures) = signedByThree(encode(report(START, 9_000)));
        hub.post(b, DIGEST, 1, signatures);
        deposit(ANNA, ANNAS, 100 * EURO);
        euro.mint(address(this), 1_000 * EURO);
        euro.approve(address(hub), type(uint256).max);
        settleMany(10); // the first root of a zone costs more
    }

    function signedByThree(bytes memory b) private view returns (bytes memory, bytes memory) {
        bytes32 hash = signingHash(b, DIGEST, 1);
        return (b, bytes.concat(signature(keys[0], hash), signature(keys[1], hash), signature(keys[2], hash)));
    }

    /// @dev Anna's leaf with the proof it has in a tree of so many leaves. Whatever the others are, their hashes are
    /// these.
    function anna(uint256 levels)
        private
        pure
        returns (BalanceLeaf.Leaf memory l, bytes32[] memory proof, bytes32 root)
    {
        l = leafOf(ANNA, ANNAS, 4_000, 30 * NANO, 70 * NANO);
        proof = new bytes32[](levels);
        root = hashOf(l);
        for (uint256 i; i < levels; ++i) {
            proof[i] = keccak256(abi.encode(i));
            root = root < proof[i] ? keccak256(bytes.concat(root, proof[i])) : keccak256(bytes.concat(proof[i], root));
        }
    }

    function settleMany(uint32 members) private {
        uint256 levels;
        while (1 << levels < members) ++levels;
        (BalanceLeaf.Leaf memory l,, bytes32 root) = anna(levels);
        SettlementReport.Report memory r = settlement(list(l));
        (r.root, r.members) = (root, members);
        (bytes memory b, bytes memory signatures) = signedByThree(encode(r));
        hub.settle(b, DIGEST, 1, signatures);
    }

    /// @dev The roots differ in their bytes, and zero bytes cost less: a few hundred gas at most.
    function testRootOfManyCostsWhatThatOfFewDoes() public {
        settleMany(10);
        uint256 few = VM.snapshotGasLastCall("settle, 10 members, 3 signatures");
        settleMany(100_000);
        uint256 many = VM.snapshotGasLastCall("settle, 100000 members, 3 signatures");
        require(many < few + 500 && few < many + 500, "the number of members costs gas");
    }

    function testPost() public {
        (bytes memory b, bytes memory signatures) = signedByThree(encode(report(START + QUARTER, 9_000)));
        hub.post(b, DIGEST, 1, signatures);
        VM.snapshotGasLastCall("post, 3 signatures");
    }

    function testClaim() public {
        claim(4);
        VM.snapshotGasLastCall("claim, 10 members, first of the account");
    }

    function testClaimAmongMany() public {
        settleMany(100_000);
        claim(17);
        VM.snapshotGasLastCall("claim, 100000 members, first of the account");
    }

    function claim(uint256 levels) private {
        (BalanceLeaf.Leaf memory l, bytes32[] memory proof,) = anna(levels);
        uint64 last = hub.purseOf(ZONE).last;
        hub.claim(last, encode(l), proof);
    }

    function testDeposit() public {
        hub.deposit(ZONE, ANNA, EURO);
        VM.snapshotGasLastCall("deposit");
    }

    function testExit() public {
        VM.prank(ANNAS);
        hub.requestExit(ZONE, ANNA);
        VM.snapshotGasLastCall("requestExit");
        VM.warp(START + 7 days);
        (BalanceLeaf.Leaf memory l, bytes32[] memory proof,) = anna(4);
        hub.forceExit(1, encode(l), proof);
        VM.snapshotGasLastCall("forceExit, 10 members");
    }
}
