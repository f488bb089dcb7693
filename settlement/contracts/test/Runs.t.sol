// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {AttestationLeaf} from "../src/AttestationLeaf.sol";
import {AttestationReport} from "../src/AttestationReport.sol";
import {IMint} from "../src/IMint.sol";
import {IntervalStart, Meter, WattHours} from "../src/Names.sol";
import {Town} from "./Town.sol";

/// @dev Corrections, debt, the pause and certificates.
contract RunsTest is Town {
    Meter private constant ROOF = Meter.wrap("home-01-grid");
    bytes32 private constant READING = hex"1234";

    function setUp() public {
        open(0);
        post(START, 9_000);
    }

    function stock(uint256 held, uint256 debt) private view {
        (uint256 h, uint256 d) = hub.stockOf(ZONE);
        equal(h, held, "held");
        equal(d, debt, "debt");
        equal(token.balanceOf(address(hub)), held, "tokens of the hub");
    }

    /// @dev Moves tokens out of the hub as a claim does.
    function claim(uint64 energy) private {
        settle(leafOf(ANNA, ANNAS, energy, 0, 0));
        hub.claim(hub.purseOf(ZONE).last, encode(leafOf(ANNA, ANNAS, energy, 0, 0)), new bytes32[](0));
    }

    function testCorrectionMintsOrBurnsTheDifference() public {
        stock(9_000, 0);
        post(START, 1, 9_500);
        stock(9_500, 0);
        post(START, 2, 9_500);
        stock(9_500, 0);
        post(START, 3, 4_000);
        stock(4_000, 0);
        equal(WattHours.unwrap(hub.statementOf(ZONE, IntervalStart.wrap(START), 1).exported), 9_500, "run 1");
        equal(WattHours.unwrap(hub.statementOf(ZONE, IntervalStart.wrap(START), 3).exported), 4_000, "run 3");
    }

    function testRunsComeInOrder() public {
        AttestationReport.Report memory r = report(START, 1);
        r.run = 2;
        refuse(r, abi.encodeWithSelector(IMint.NotPosted.selector, ZONE, START, 1));
        r = report(START + QUARTER, 1);
        r.run = 1;
        refuse(r, abi.encodeWithSelector(IMint.NotPosted.selector, ZONE, START + QUARTER, 0));
        post(START, 1, 1);
        r = report(START, 1);
        r.run = 1;
        refuse(r, abi.encodeWithSelector(IMint.AlreadyPosted.selector, ZONE, START, 1));
        (r.run, r.length) = (2, 1 hours);
        refuse(r, abi.encodeWithSelector(IMint.OtherLength.selector, ZONE, START, 1 hours, QUARTER));
    }

    function testDebt() public {
        claim(6_000);
        stock(3_000, 0);
        VM.expectEmit(true, true, true, true);
        emit IMint.DebtChanged(ZONE, 0, 2_000);
        post(START, 1, 4_000); // 5,000 less, and 3,000 there
        stock(0, 2_000);
        equal(token.totalSupply(), 6_000, "supply");
        VM.expectEmit(true, true, true, true);
        emit IMint.DebtChanged(ZONE, 2_000, 500);
        post(START + QUARTER, 1_500);
        stock(0, 500);
        post(START, 2, 3_000); // still less
        stock(0, 1_500);
        post(START + 2 * QUARTER, 2_000);
        stock(500, 0);
        equal(token.totalSupply(), 6_500, "supply is 3,000 + 1,500 + 2,000");
    }

    /// @dev A correction cannot make more than the roofs: it has what its interval left and what the run before used.
    function testCorrectionWithinTheNameplate() public {
        AttestationReport.Report memory r = report(START, QUARTER_WH + 1);
        r.run = 1;
        refuse(r, abi.encodeWithSelector(IMint.ExceedsNameplate.selector, ZONE, START, QUARTER_WH + 1, QUARTER_WH));
        post(START, 1, QUARTER_WH);
        post(START, 2, 0);
        post(START, 3, QUARTER_WH);
        r.run = 4;
        refuse(r, abi.encodeWithSelector(IMint.ExceedsNameplate.selector, ZONE, START, QUARTER_WH + 1, QUARTER_WH));
    }

    function testPauseStopsMintingOnly() public {
        hub.pause();
        refuse(report(START + QUARTER, 1), abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        deposit(ANNA, ANNAS, 10 * EURO);
        settle(leafOf(ANNA, ANNAS, 5, 1 * NANO, 9 * NANO));
        hub.claim(1, encode(leafOf(ANNA, ANNAS, 5, 1 * NANO, 9 * NANO)), new bytes32[](0));
        VM.warp(START + 7 days);
        hub.forceExit(1, encode(leafOf(ANNA, ANNAS, 5, 1 * NANO, 9 * NANO)), new bytes32[](0));
        equal(euro.balanceOf(ANNAS), 10 * EURO, "money");
        hub.unpause();
        post(START + QUARTER, 1);
    }

    function roof(uint64 exported) private pure returns (bytes memory) {
        return
            bytes.concat(Meter.unwrap(ROOF), bytes8(uint64(7)), bytes8(exported), bytes8(START), bytes1(0x01), READING);
    }

    /// @dev A run whose only leaf is this roof's.
    function postRoof(uint32 run, uint64 exported) private returns (bytes32 root) {
        AttestationReport.Report memory r = report(START + QUARTER, exported);
        root = keccak256(bytes.concat(keccak256(roof(exported))));
        (r.run, r.root, r.meters) = (run, root, 1);
        post(encode(r));
    }

    function testRetire() public {
        bytes32 root = postRoof(0, 800);
        claim(1_000);
        IntervalStart start = IntervalStart.wrap(START + QUARTER);
        VM.expectEmit(true, true, true, true);
        emit IMint.Retired(
            ANNAS, ZONE, ROOF, start, QUARTER, 0, WattHours.wrap(300), WattHours.wrap(300), root, READING
        );
        retire(300, 0, 800);
        equal(token.balanceOf(ANNAS), 700, "tokens");
        equal(token.totalSupply(), 9_000 + 800 - 300, "supply");
        retireRefused(501, 0, 800, abi.encodeWithSelector(IMint.ExceedsExport.selector, ROOF, start, 501, 500));
        retireRefused(0, 0, 800, abi.encodeWithSelector(IMint.ExceedsExport.selector, ROOF, start, 0, 500));
        retireRefused(1, 0, 801, abi.encodeWithSelector(IMint.NotInRoot.selector, root));
        retireRefused(1, 1, 800, abi.encodeWithSelector(IMint.NotPosted.selector, ZONE, start, 1));

        postRoof(1, 250); // corrected below what was retired
        retireRefused(1, 0, 800, abi.encodeWithSelector(IMint.RunSuperseded.selector, ZONE, start, 0));
        retireRefused(1, 1, 250, abi.encodeWithSelector(IMint.ExceedsExport.selector, ROOF, start, 1, 0));
        postRoof(2, 301);
        retire(1, 2, 301);
        equal(WattHours.unwrap(hub.retiredOf(ZONE, start, ROOF)), 301, "retired");
    }

    function testRetireOfWhatOneDoesNotHave() public {
        postRoof(0, 800);
        bytes memory leaf = roof(800);
        VM.expectRevert();
        VM.prank(BENS);
        hub.retire(WattHours.wrap(1), ZONE, IntervalStart.wrap(START + QUARTER), 0, leaf, new bytes32[](0));
    }

    function testLeafOfAnotherSize() public {
        AttestationReport.Report memory r = report(START + QUARTER, 1);
        bytes memory leaf = bytes.concat(roof(800), bytes1(0));
        r.root = keccak256(bytes.concat(keccak256(leaf)));
        post(encode(r));
        VM.expectRevert(abi.encodeWithSelector(AttestationLeaf.LeafSize.selector, 90));
        hub.retire(WattHours.wrap(1), ZONE, r.start, 0, leaf, new bytes32[](0));
    }

    function retire(uint64 amount, uint32 run, uint64 exported) private {
        VM.prank(ANNAS);
        hub.retire(
            WattHours.wrap(amount), ZONE, IntervalStart.wrap(START + QUARTER), run, roof(exported), new bytes32[](0)
        );
    }

    function retireRefused(uint64 amount, uint32 run, uint64 exported, bytes memory reason) private {
        bytes memory leaf = roof(exported);
        VM.expectRevert(reason);
        VM.prank(ANNAS);
        hub.retire(WattHours.wrap(amount), ZONE, IntervalStart.wrap(START + QUARTER), run, leaf, new bytes32[](0));
    }
}
