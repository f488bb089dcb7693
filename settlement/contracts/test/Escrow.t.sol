// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BalanceLeaf} from "../src/BalanceLeaf.sol";
import {Hub} from "../src/Hub.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {IMint} from "../src/IMint.sol";
import {Member, Nano, WattHours, Zone} from "../src/Names.sol";
import {SettlementReport} from "../src/SettlementReport.sol";
import {Town} from "./Town.sol";

/// @dev Deposits, roots and claims, without a challenge window.
contract EscrowTest is Town {
    function setUp() public {
        open(0);
        post(START, 9_000);
        deposit(ANNA, ANNAS, 100 * EURO);
        deposit(NOBODY, SUPPLIERS, 50 * EURO);
    }

    function testDeposit() public {
        IEscrow.Purse memory p = hub.purseOf(ZONE);
        equal(p.deposited, 150 * EURO, "deposited");
        equal(euro.balanceOf(address(hub)), 150 * EURO, "held");
        euro.mint(BENS, 5);
        VM.prank(BENS);
        euro.approve(address(hub), 5);
        VM.expectEmit(true, true, true, true);
        emit IEscrow.Deposited(ZONE, BEN, BENS, 5);
        VM.prank(BENS);
        hub.deposit(ZONE, BEN, 5);
        equal(hub.purseOf(ZONE).deposited, 150 * EURO + 5, "deposited");
    }

    function testDepositRefused() public {
        VM.expectRevert(abi.encodeWithSelector(IMint.UnknownZone.selector, Zone.wrap("avenue")));
        hub.deposit(Zone.wrap("avenue"), ANNA, 1);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.InvalidAmount.selector, 0));
        hub.deposit(ZONE, ANNA, 0);
        uint256 most = uint256(uint64(type(int64).max)) / 1000 - 150 * EURO;
        VM.expectRevert(abi.encodeWithSelector(IEscrow.InvalidAmount.selector, most + 1));
        hub.deposit(ZONE, ANNA, most + 1);
        VM.expectRevert();
        hub.deposit(ZONE, ANNA, 1); // without approval
        deposit(ANNA, ANNAS, most);
    }

    function testDepositWithPermit() public {
        address payer = VM.addr(77);
        euro.mint(payer, 20);
        (uint8 v, bytes32 r, bytes32 s) = permit(77, 5);
        VM.prank(payer);
        hub.depositWithPermit(ZONE, ANNA, 5, START, v, r, s);
        // Somebody saw the next permit in the pool and used it first.
        (v, r, s) = permit(77, 6);
        euro.permit(payer, address(hub), 6, START, v, r, s);
        VM.prank(payer);
        hub.depositWithPermit(ZONE, ANNA, 6, START, v, r, s);
        equal(hub.purseOf(ZONE).deposited, 150 * EURO + 11, "deposited");
        VM.prank(payer);
        VM.expectRevert();
        hub.depositWithPermit(ZONE, ANNA, 7, START, v, r, s);
    }

    function permit(uint256 key, uint256 amount) private view returns (uint8, bytes32, bytes32) {
        address payer = VM.addr(key);
        bytes32 kind = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 what = keccak256(abi.encode(kind, payer, address(hub), amount, euro.nonces(payer), uint256(START)));
        return VM.sign(key, keccak256(bytes.concat(hex"1901", euro.DOMAIN_SEPARATOR(), what)));
    }

    function testSettle() public {
        BalanceLeaf.Leaf[] memory leaves =
            list(leafOf(ANNA, ANNAS, 4_000, 30 * NANO, 70 * NANO), leafOf(NOBODY, SUPPLIERS, 0, 0, 50 * NANO));
        SettlementReport.Report memory r = settlement(leaves);
        bytes memory b = encode(r);
        bytes memory signatures = signed(b);
        VM.expectEmit(true, true, true, true);
        emit IEscrow.Settled(
            ZONE, 1, r.start, QUARTER, 0, r.root, r.countedTo, 2, r.energy, r.released, r.owed, DIGEST, 1
        );
        VM.prank(BENS); // anybody
        hub.settle(b, DIGEST, 1, signatures);
        IEscrow.Settlement memory s = hub.settlementOf(ZONE, 1);
        equal(s.root, r.root, "root");
        equal(s.postedAt, block.timestamp, "posted at");
        equal(s.countedTo, height - 1, "counted to");
        equal(Nano.unwrap(s.released), 30 * NANO, "released");
        equal(Nano.unwrap(s.owed), 150 * NANO, "owed");
        require(hub.isPayable(ZONE, 1) && !hub.isPayable(ZONE, 2) && !hub.isPayable(ZONE, 0), "payable");
        equal(hub.settlementOf(ZONE, 2).root, 0, "no root");
    }

    function testSettleRefused() public {
        BalanceLeaf.Leaf memory l = leafOf(ANNA, ANNAS, 4_000, 30 * NANO, 70 * NANO);
        settle(l);
        SettlementReport.Report memory r = settlement(list(l));
        r.number = 1;
        refuse(r, abi.encodeWithSelector(IEscrow.OtherNumber.selector, ZONE, 1, 2));
        r.number = 3;
        refuse(r, abi.encodeWithSelector(IEscrow.OtherNumber.selector, ZONE, 3, 2));
        r = settlement(list(l));
        r.run = 1;
        refuse(r, abi.encodeWithSelector(IEscrow.NotAttested.selector, ZONE, START, QUARTER, 1));
        (r.run, r.length) = (0, 60);
        refuse(r, abi.encodeWithSelector(IEscrow.NotAttested.selector, ZONE, START, 60, 0));
        r = settlement(list(l));
        r.countedTo += 1;
        uint64 before = hub.settlementOf(ZONE, 1).countedTo;
        refuse(r, abi.encodeWithSelector(IEscrow.OtherBlock.selector, ZONE, height, before)); // this block is not closed
        r.countedTo = before - 1;
        refuse(r, abi.encodeWithSelector(IEscrow.OtherBlock.selector, ZONE, before - 1, before));
        r = settlement(list(l));
        r.released = Nano.wrap(30 * NANO - 1);
        refuse(r, abi.encodeWithSelector(IEscrow.ReleasedFell.selector, ZONE, 30 * NANO - 1, 30 * NANO));
        r = settlement(list(l));
        r.owed = Nano.wrap(150 * NANO + 1);
        refuse(r, abi.encodeWithSelector(IEscrow.ExceedsEscrow.selector, ZONE, 150 * NANO + 1, 150 * NANO));
        bytes memory b = encode(settlement(list(l)));
        bytes memory one = signature(keys[0], signingHash(b, DIGEST, 1));
        VM.expectRevert();
        hub.settle(b, DIGEST, 1, one);
        VM.expectRevert();
        hub.settle(b, DIGEST, 2, signed(b));
    }

    function refuse(SettlementReport.Report memory r, bytes memory reason) private {
        bytes memory b = encode(r);
        bytes memory signatures = signed(b);
        VM.expectRevert(reason);
        hub.settle(b, DIGEST, 1, signatures);
    }

    /// @dev An attestation is no settlement and the other way round, though both are signed alike.
    function testReportsAreNotMixedUp() public {
        bytes memory b = encode(settlement(list(leafOf(ANNA, ANNAS, 0, 0, 0))));
        bytes memory signatures = signed(b);
        VM.expectRevert();
        hub.post(b, DIGEST, 1, signatures);
        b = encode(report(START + QUARTER, 1));
        signatures = signed(b);
        VM.expectRevert(abi.encodeWithSelector(SettlementReport.SettlementSize.selector, 132));
        hub.settle(b, DIGEST, 1, signatures);
    }

    function testClaim() public {
        BalanceLeaf.Leaf memory l = leafOf(ANNA, ANNAS, 4_000, 30 * NANO + 999, 70 * NANO - 999);
        settle(l);
        VM.expectEmit(true, true, true, true);
        emit IEscrow.Claimed(ZONE, ANNA, ANNAS, MEMBER, 1, 30 * EURO, WattHours.wrap(4_000));
        VM.prank(BENS); // anybody, and it is Anna who is paid
        hub.claim(1, encode(l), new bytes32[](0));
        equal(euro.balanceOf(ANNAS), 30 * EURO, "money");
        equal(token.balanceOf(ANNAS), 4_000, "tokens");
        IEscrow.Paid memory paid = hub.paidTo(ZONE, MEMBER, ANNA);
        require(paid.amount == 30 * EURO && WattHours.unwrap(paid.energy) == 4_000 && !paid.exited, "paid");
        bytes memory b = encode(l);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NothingDue.selector, ZONE, ANNA));
        hub.claim(1, b, new bytes32[](0));
        // What is less than a unit of the token is not lost: the sum is rounded, not the payments.
        l.released = Nano.wrap(30 * NANO + 1_998);
        settle(l);
        (uint64 amount,) = hub.claim(2, encode(l), new bytes32[](0));
        equal(amount, 1, "the rest");
    }

    /// @dev A claim that a newer root overtakes is paid all the same, but for tokens: they may have been corrected.
    function testClaimUnderAnOlderRoot() public {
        BalanceLeaf.Leaf memory l = leafOf(ANNA, ANNAS, 4_000, 30 * NANO, 70 * NANO);
        settle(l);
        BalanceLeaf.Leaf memory newer = leafOf(ANNA, ANNAS, 3_000, 40 * NANO, 60 * NANO);
        settle(newer);
        (uint64 amount, WattHours energy) = hub.claim(1, encode(l), new bytes32[](0));
        equal(amount, 30 * EURO, "money under the older root");
        equal(WattHours.unwrap(energy), 0, "tokens under the older root");
        (amount, energy) = hub.claim(2, encode(newer), new bytes32[](0));
        equal(amount, 10 * EURO, "money under the newer root");
        equal(WattHours.unwrap(energy), 3_000, "tokens under the newer root");
        // A correction below what was claimed pays nothing, until the energy is there again.
        (newer.energy, newer.released) = (WattHours.wrap(2_000), Nano.wrap(41 * NANO));
        settle(newer);
        (, energy) = hub.claim(3, encode(newer), new bytes32[](0));
        equal(WattHours.unwrap(energy), 0, "tokens after the correction");
        newer.energy = WattHours.wrap(3_500);
        settle(newer);
        (, energy) = hub.claim(4, encode(newer), new bytes32[](0));
        equal(WattHours.unwrap(energy), 500, "tokens at last");
    }

    function testClaimRefused() public {
        BalanceLeaf.Leaf memory l = leafOf(ANNA, ANNAS, 4_000, 30 * NANO, 0);
        BalanceLeaf.Leaf memory poor = leafOf(BEN, address(0), 1, 1 * NANO, 0);
        BalanceLeaf.Leaf[] memory leaves = list(l, poor);
        settle(leaves);
        bytes32[] memory proof = proofOf(leaves, 0);
        bytes memory b = encode(l);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NotPayable.selector, ZONE, 2));
        hub.claim(2, b, proof);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NotPayable.selector, ZONE, 0));
        hub.claim(0, b, proof);
        for (uint256 i = 48; i < b.length; ++i) {
            b[i] ^= 0x01;
            VM.expectRevert(abi.encodeWithSelector(IEscrow.LeafNotInRoot.selector, ZONE, 1));
            hub.claim(1, b, proof);
            b[i] ^= 0x01;
        }
        VM.expectRevert(abi.encodeWithSelector(IEscrow.LeafNotInRoot.selector, ZONE, 1));
        hub.claim(1, b, new bytes32[](0));
        bytes32[] memory other = proofOf(leaves, 1);
        b = encode(poor);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NoPayout.selector, ZONE, BEN));
        hub.claim(1, b, other);
    }

    /// @dev What was claimed and is then corrected away is missing for others, until the debt is paid.
    function testClaimOfMoreTokensThanThereAre() public {
        BalanceLeaf.Leaf memory l = leafOf(ANNA, ANNAS, 9_000, 0, 0);
        settle(l);
        hub.claim(1, encode(l), new bytes32[](0));
        post(START, 1, 2_000); // Anna's 7,000 Wh too many are now a debt
        (uint256 held, uint256 debt) = hub.stockOf(ZONE);
        require(held == 0 && debt == 7_000, "debt");
        BalanceLeaf.Leaf[] memory leaves = list(leafOf(ANNA, ANNAS, 2_000, 0, 0), leafOf(BEN, BENS, 8_000, 0, 0));
        post(START + QUARTER, 8_000);
        settle(leaves);
        (, WattHours energy) = hub.claim(2, encode(leaves[1]), proofOf(leaves, 1));
        equal(WattHours.unwrap(energy), 1_000, "what is there");
        post(START + 2 * QUARTER, 7_500);
        (, energy) = hub.claim(2, encode(leaves[1]), proofOf(leaves, 1));
        equal(WattHours.unwrap(energy), 7_000, "the rest");
        equal(token.totalSupply(), 2_000 + 8_000 + 7_500, "supply");
    }

    /// @dev The code fits a chain that keeps EIP-170, and its creation EIP-3860.
    function testSize() public view {
        require(address(hub).code.length <= 24_576, "code");
    }
}
