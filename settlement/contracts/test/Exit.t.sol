// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BalanceLeaf} from "../src/BalanceLeaf.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {Member, Nano, WattHours} from "../src/Names.sol";
import {SettlementReport} from "../src/SettlementReport.sol";
import {Town} from "./Town.sol";

/// @dev The challenge window, and leaving without the operator.
contract ExitTest is Town {
    uint32 private constant WINDOW = 1 hours;
    uint64 private constant DELAY = 7 days + WINDOW;
    BalanceLeaf.Leaf private anna;
    uint256 private clock = START;

    function setUp() public {
        open(WINDOW);
        post(START, 9_000);
        deposit(ANNA, ANNAS, 100 * EURO);
        deposit(NOBODY, SUPPLIERS, 50 * EURO);
        anna = leafOf(ANNA, ANNAS, 4_000, 30 * NANO, 70 * NANO);
        settle(anna);
    }

    /// @dev The compiler takes the block's time for a constant of the function, so it is kept here.
    function pass(uint256 time) private {
        (clock, height) = (clock + time, height + 1);
        VM.warp(clock);
        VM.roll(height);
    }

    function exit(uint64 number) private returns (uint64 amount, WattHours energy) {
        return hub.forceExit(number, encode(anna), new bytes32[](0));
    }

    function refuseExit(uint64 number, bytes memory reason) private {
        bytes memory b = encode(anna);
        VM.expectRevert(reason);
        hub.forceExit(number, b, new bytes32[](0));
    }

    function testWindow() public {
        require(hub.challengeWindow() == WINDOW && hub.exitDelay() == DELAY, "durations");
        bytes memory b = encode(anna);
        pass(WINDOW - 1);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NotPayable.selector, ZONE, 1));
        hub.claim(1, b, new bytes32[](0));
        pass(1);
        hub.claim(1, b, new bytes32[](0));
        equal(euro.balanceOf(ANNAS), 30 * EURO, "money");
    }

    function testRevoke() public {
        settle(anna);
        settle(anna);
        VM.expectEmit(true, true, true, true);
        emit IEscrow.Revoked(ZONE, 2, 3, "of another day");
        hub.revoke(ZONE, 2, "of another day");
        equal(hub.purseOf(ZONE).last, 1, "last");
        equal(hub.settlementOf(ZONE, 2).root, 0, "revoked root");
        pass(WINDOW);
        require(!hub.isPayable(ZONE, 2) && !hub.isPayable(ZONE, 3), "revoked and payable");
        anna.released = Nano.wrap(31 * NANO);
        settle(anna); // the number is free again
        pass(WINDOW);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NotRevocable.selector, ZONE, 2));
        hub.revoke(ZONE, 2, "too late");
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NotRevocable.selector, ZONE, 3));
        hub.revoke(ZONE, 3, "not there");
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NotRevocable.selector, ZONE, 0));
        hub.revoke(ZONE, 0, "never there");
        require(!hub.isPayable(ZONE, 3), "forgotten root came back");
        hub.claim(2, encode(anna), new bytes32[](0));
        equal(euro.balanceOf(ANNAS), 31 * EURO, "money");
    }

    function testForceExit() public {
        VM.expectEmit(true, true, true, true);
        emit IEscrow.ExitRequested(ZONE, ANNA, ANNAS);
        VM.prank(ANNAS);
        hub.requestExit(ZONE, ANNA);
        equal(hub.exitRequestOf(ZONE, ANNA, ANNAS), block.timestamp, "request");
        pass(DELAY - WINDOW - 1);
        settle(anna); // the operator goes on as if nobody had asked
        pass(WINDOW);
        refuseExit(1, abi.encodeWithSelector(IEscrow.RootSuperseded.selector, ZONE, 1));
        refuseExit(2, abi.encodeWithSelector(IEscrow.ExitNotDue.selector, ZONE, ANNA));
        pass(1);
        VM.expectEmit(true, true, true, true);
        emit IEscrow.Exited(ZONE, ANNA, MEMBER, 2);
        exit(2);
        equal(euro.balanceOf(ANNAS), 100 * EURO, "all of her money");
        equal(token.balanceOf(ANNAS), 4_000, "all of her tokens");
        require(hub.paidTo(ZONE, MEMBER, ANNA).exited, "exited");

        refuseExit(2, abi.encodeWithSelector(IEscrow.AlreadyExited.selector, ZONE, ANNA));
        euro.mint(ANNAS, 1);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.AlreadyExited.selector, ZONE, ANNA));
        VM.prank(ANNAS);
        hub.deposit(ZONE, ANNA, 1);
        afterTheExit();
    }

    /// @dev Roots must count the exit, and pay only what is released beyond it.
    function afterTheExit() private {
        SettlementReport.Report memory r = settlement(list(anna));
        r.countedTo -= 1;
        bytes memory b = encode(r);
        bytes memory signatures = signed(b);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.OtherBlock.selector, ZONE, r.countedTo, r.countedTo + 1));
        hub.settle(b, DIGEST, 1, signatures);
        (anna.released, anna.balance) = (Nano.wrap(100 * NANO), Nano.wrap(0));
        settle(anna);
        pass(WINDOW);
        b = encode(anna);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NothingDue.selector, ZONE, ANNA));
        hub.claim(3, b, new bytes32[](0));
        anna.released = Nano.wrap(101 * NANO);
        settle(anna);
        pass(WINDOW);
        hub.claim(4, encode(anna), new bytes32[](0));
        equal(euro.balanceOf(ANNAS), 101 * EURO + 1, "and one more");
    }

    /// @dev What was released and claimed meanwhile is not paid again.
    function testForceExitAfterAClaim() public {
        VM.prank(ANNAS);
        hub.requestExit(ZONE, ANNA);
        pass(DELAY);
        hub.claim(1, encode(anna), new bytes32[](0));
        (uint64 amount, WattHours energy) = exit(1);
        require(amount == 70 * EURO && WattHours.unwrap(energy) == 0, "the rest");
    }

    function testRequestOfSomebodyElse() public {
        VM.prank(BENS);
        hub.requestExit(ZONE, ANNA);
        pass(DELAY - 1);
        settle(anna);
        pass(WINDOW);
        refuseExit(2, abi.encodeWithSelector(IEscrow.ExitNotDue.selector, ZONE, ANNA));
    }

    /// @dev An old request must not let a member leave who came back and trades.
    function testRequestLapses() public {
        VM.prank(ANNAS);
        hub.requestExit(ZONE, ANNA);
        pass(2 * DELAY - WINDOW);
        settle(anna);
        pass(WINDOW);
        refuseExit(2, abi.encodeWithSelector(IEscrow.ExitNotDue.selector, ZONE, ANNA));
        VM.prank(ANNAS);
        hub.requestExit(ZONE, ANNA);
        refuseExit(2, abi.encodeWithSelector(IEscrow.ExitNotDue.selector, ZONE, ANNA));
        pass(DELAY);
        exit(2);
    }

    /// @dev An institution cannot ask: everything it has may be needed.
    function testSupplierAsks() public {
        BalanceLeaf.Leaf memory l = leafOf(NOBODY, SUPPLIERS, 0, 30 * NANO, 20 * NANO);
        settle(l);
        VM.prank(SUPPLIERS);
        hub.requestExit(ZONE, NOBODY);
        pass(DELAY - WINDOW);
        settle(l);
        pass(WINDOW);
        bytes memory b = encode(l);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.ExitNotDue.selector, ZONE, NOBODY));
        hub.forceExit(3, b, new bytes32[](0));
    }

    /// @dev The operator is gone: nobody has to ask, and anybody can do it for everybody.
    function testSilence() public {
        pass(DELAY - 1);
        refuseExit(1, abi.encodeWithSelector(IEscrow.ExitNotDue.selector, ZONE, ANNA));
        pass(1);
        exit(1);
        equal(euro.balanceOf(ANNAS), 100 * EURO, "money");
        equal(token.balanceOf(ANNAS), 4_000, "tokens");
    }

    /// @dev Posting and revoking for ever is silence, too, and so are roots that nobody can claim under yet.
    function testSilenceBehindRevocations() public {
        for (uint256 i; i < 7 * 24 * 2 + 2; ++i) {
            settle(anna);
            pass(30 minutes);
            hub.revoke(ZONE, 2, "again");
        }
        settle(anna);
        exit(1);
        equal(euro.balanceOf(ANNAS), 100 * EURO, "money");
    }

    function testReclaim() public {
        pass(1);
        uint64 madeIn = uint64(block.number);
        deposit(BEN, BENS, 20 * EURO);
        pass(DELAY - 1);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NotReclaimable.selector, ZONE, BEN, madeIn));
        VM.prank(BENS);
        hub.reclaim(ZONE, BEN, madeIn);
        pass(1);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NotReclaimable.selector, ZONE, BEN, madeIn));
        hub.reclaim(ZONE, BEN, madeIn); // somebody else
        VM.expectEmit(true, true, true, true);
        emit IEscrow.Reclaimed(ZONE, BEN, BENS, 20 * EURO, madeIn);
        VM.prank(BENS);
        hub.reclaim(ZONE, BEN, madeIn);
        equal(euro.balanceOf(BENS), 20 * EURO, "money");
        equal(hub.purseOf(ZONE).deposited, 150 * EURO, "deposited");
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NotReclaimable.selector, ZONE, BEN, madeIn));
        VM.prank(BENS);
        hub.reclaim(ZONE, BEN, madeIn);
        SettlementReport.Report memory r = settlement(list(anna));
        r.countedTo -= 1; // counts the deposit that is no longer there
        bytes memory b = encode(r);
        bytes memory signatures = signed(b);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.OtherBlock.selector, ZONE, r.countedTo, r.countedTo + 1));
        hub.settle(b, DIGEST, 1, signatures);
    }

    function testCountedDepositsAreNotReclaimed() public {
        pass(DELAY);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.NotReclaimable.selector, ZONE, ANNA, 1_000));
        VM.prank(ANNAS);
        hub.reclaim(ZONE, ANNA, 1_000);
        hub.forceExit(1, encode(anna), new bytes32[](0)); // they are in her leaf
    }

    /// @dev A root that owes what it did not count cannot be made worse.
    function testReclaimNeverBreaksTheNewestRoot() public {
        pass(1);
        uint64 madeIn = uint64(block.number);
        deposit(BEN, BENS, 20 * EURO);
        anna.balance = Nano.wrap(140 * NANO);
        SettlementReport.Report memory r = settlement(list(anna));
        r.countedTo = madeIn - 1;
        bytes memory b = encode(r);
        hub.settle(b, DIGEST, 1, signed(b));
        pass(DELAY);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.ExceedsEscrow.selector, ZONE, 170 * NANO, 150 * NANO));
        VM.prank(BENS);
        hub.reclaim(ZONE, BEN, madeIn);
    }

    /// @dev Two leaves that say the same money: no root that the oracles make, but no zone pays more than it has.
    function testExitFromAnEmptyPurse() public {
        deposit(BEN, BENS, 10 * EURO);
        BalanceLeaf.Leaf[] memory leaves =
            list(leafOf(ANNA, ANNAS, 0, 100 * NANO, 60 * NANO), leafOf(BEN, BENS, 0, 0, 160 * NANO));
        SettlementReport.Report memory r = settlement(leaves);
        r.owed = Nano.wrap(160 * NANO);
        bytes memory b = encode(r);
        hub.settle(b, DIGEST, 1, signed(b));
        pass(DELAY);
        (uint64 amount,) = hub.forceExit(2, encode(leaves[0]), proofOf(leaves, 0));
        equal(amount, 160 * EURO, "first come");
        b = encode(leaves[1]);
        bytes32[] memory proof = proofOf(leaves, 1);
        (amount,) = hub.forceExit(2, b, proof);
        require(amount == 0 && !hub.paidTo(ZONE, MEMBER, BEN).exited, "nothing left, and still due");
        deposit(NOBODY, SUPPLIERS, 160 * EURO);
        (amount,) = hub.forceExit(2, b, proof);
        require(amount == 160 * EURO && hub.paidTo(ZONE, MEMBER, BEN).exited, "paid at last");
    }
}
