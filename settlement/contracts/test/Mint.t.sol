// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AttestationReport} from "../src/AttestationReport.sol";
import {IntervalStart, WattHours, Watts, Zone} from "../src/Names.sol";
import {EnergyToken} from "../src/EnergyToken.sol";
import {IMint} from "../src/IMint.sol";
import {Street} from "./Street.sol";

contract MintTest is Street {
    function setUp() public {
        open(0);
    }

    function testPostMintsTheExportAndKeepsTheStatement() public {
        AttestationReport.Report memory r = report(START, 9_000);
        bytes memory b = encode(r);
        VM.expectEmit(true, true, true, true);
        emit IMint.Posted(r.zone, r.start, QUARTER, 0, r.root, r.exported, r.imported, 12, DIGEST, 1);
        post(b);

        equal(token.totalSupply(), 9_000, "supply");
        equal(token.balanceOf(address(hub)), 9_000, "the hub's balance");
        equal(hub.rootOf(ZONE, r.start, 0), r.root, "root");
        IMint.Statement memory s = hub.statementOf(ZONE, r.start, 0);
        equal(s.root, r.root, "statement: root");
        equal(WattHours.unwrap(s.exported), 9_000, "statement: export");
        equal(WattHours.unwrap(s.imported), 4_000, "statement: import");
        equal(s.length, QUARTER, "statement: length");
        equal(s.meters, 12, "statement: meters");
        equal(s.postedIn, block.number, "statement: block");
    }

    /// @dev An interval in which no meter could be read is a statement, too.
    function testPostOfNoMeters() public {
        AttestationReport.Report memory r = report(START, 0);
        (r.root, r.meters, r.imported) = (bytes32(0), 0, WattHours.wrap(0));
        post(encode(r));
        equal(hub.rootOf(ZONE, r.start, 0), 0, "root");
        VM.expectRevert(abi.encodeWithSelector(IMint.AlreadyPosted.selector, ZONE, r.start, 0));
        post(encode(r));
    }

    function testPostTwice() public {
        post(START, 9_000);
        bytes memory again = encode(report(START, 1));
        VM.expectRevert(abi.encodeWithSelector(IMint.AlreadyPosted.selector, ZONE, START, 0));
        post(again);
        AttestationReport.Report memory longer = report(START, 1);
        longer.length = 1 hours;
        again = encode(longer);
        bytes memory signatures = signed(again);
        VM.expectRevert(abi.encodeWithSelector(IMint.AlreadyPosted.selector, ZONE, START, 0));
        hub.post(again, DIGEST, 1, signatures);
        equal(token.totalSupply(), 9_000, "supply");
    }

    function testUnknownZone() public {
        AttestationReport.Report memory r = report(START, 1);
        r.zone = Zone.wrap("avenue");
        refuse(r, abi.encodeWithSelector(IMint.UnknownZone.selector, r.zone));
    }

    function testNotPosted() public {
        bytes memory reason = abi.encodeWithSelector(IMint.NotPosted.selector, ZONE, START, 0);
        VM.expectRevert(reason);
        hub.rootOf(ZONE, IntervalStart.wrap(START), 0);
        VM.expectRevert(reason);
        hub.verifyLeaf(ZONE, IntervalStart.wrap(START), 0, "", new bytes32[](0));
        equal(hub.statementOf(ZONE, IntervalStart.wrap(START), 0).postedIn, 0, "block");
    }

    function testMoreThanTheNameplate() public {
        refuse(
            report(START, QUARTER_WH + 1),
            abi.encodeWithSelector(IMint.ExceedsNameplate.selector, ZONE, START, QUARTER_WH + 1, QUARTER_WH)
        );
        post(START, QUARTER_WH);
        refuse(
            report(START + QUARTER, QUARTER_WH + 1),
            abi.encodeWithSelector(IMint.ExceedsNameplate.selector, ZONE, START + QUARTER, QUARTER_WH + 1, QUARTER_WH)
        );
    }

    /// @dev What an earlier interval left unused can be reported later: its meter was silent.
    function testCarry() public {
        post(START, 1_000);
        uint64 most = 2 * QUARTER_WH - 1_000;
        refuse(
            report(START + QUARTER, most + 1),
            abi.encodeWithSelector(IMint.ExceedsNameplate.selector, ZONE, START + QUARTER, most + 1, most)
        );
        post(START + QUARTER, most);
    }

    function testCarryIsOneDayAtMost() public {
        post(START, 0);
        uint64 later = START + 30 days;
        uint64 most = 97 * QUARTER_WH;
        refuse(
            report(later, most + 1),
            abi.encodeWithSelector(IMint.ExceedsNameplate.selector, ZONE, later, most + 1, most)
        );
        post(later, most);
    }

    /// @dev A report that arrives after a later one lives on what that one left.
    function testLateReport() public {
        post(START, QUARTER_WH);
        post(START + 2 * QUARTER, QUARTER_WH + 1_000);
        uint64 most = QUARTER_WH - 1_000;
        refuse(
            report(START + QUARTER, most + 1),
            abi.encodeWithSelector(IMint.ExceedsNameplate.selector, ZONE, START + QUARTER, most + 1, most)
        );
        post(START + QUARTER, most);
    }

    /// @dev Intervals of several lengths may overlap, but a second of sunshine counts once.
    function testOverlap() public {
        post(START, QUARTER_WH);
        AttestationReport.Report memory r = report(START + 5 minutes, 1);
        r.length = 5 minutes;
        refuse(r, abi.encodeWithSelector(IMint.ExceedsNameplate.selector, ZONE, r.start, 1, 0));
    }

    function testNameplateLowered() public {
        post(START, 0);
        hub.registerZone(ZONE, Watts.wrap(1));
        equal(Watts.unwrap(hub.nameplateOf(ZONE)), 1, "nameplate");
        refuse(
            report(START + QUARTER, 26), // 25.2 Wh in a day, 0.2625 in a quarter of an hour
            abi.encodeWithSelector(IMint.ExceedsNameplate.selector, ZONE, START + QUARTER, 26, 25)
        );
        post(START + QUARTER, 25);
    }

    function testLargestNameplate() public {
        hub.registerZone(ZONE, Watts.wrap(type(uint64).max));
        post(START, 4.8e18);
        post(START + 365 days, uint64(type(int64).max));
        equal(token.totalSupply(), 4.8e18 + uint256(uint64(type(int64).max)), "supply");
    }

    function testAnybodyPosts() public {
        bytes memory b = encode(report(START, 1));
        bytes memory signatures = signed(b);
        VM.prank(address(7));
        hub.post(b, DIGEST, 1, signatures);
        equal(token.totalSupply(), 1, "supply");
    }

    function testRegistrationNeedsNameAndPower() public {
        VM.expectRevert(abi.encodeWithSelector(IMint.InvalidNameplate.selector, ZONE, 0));
        hub.registerZone(ZONE, Watts.wrap(0));
        VM.expectRevert(abi.encodeWithSelector(IMint.InvalidNameplate.selector, 0, 5));
        hub.registerZone(Zone.wrap(0), Watts.wrap(5));
        VM.expectEmit(true, true, true, true);
        emit IMint.NameplateChanged(ZONE, Watts.wrap(NAMEPLATE), Watts.wrap(5));
        hub.registerZone(ZONE, Watts.wrap(5));
    }

    function testOnlyTheHubMints() public {
        VM.expectRevert(abi.encodeWithSelector(EnergyToken.NotHub.selector, address(this)));
        token.mint(address(this), 1);
        equal(token.decimals(), 3, "decimals");
        require(token.hub() == address(hub), "hub");
        require(keccak256(bytes(token.symbol())) == keccak256("kWh"), "symbol");
        require(keccak256(bytes(token.name())) == keccak256("Wattle Energy"), "name");
    }

    /// @dev The bytes were written and signed by the Go side, package settlement/chain.
    function testVectorOfTheOtherSide() public {
        string memory json = VM.readFile("../chain/testdata/report.json");
        bytes32 digest = VM.parseJsonBytes32(json, ".config_digest");
        hub.setOracles(digest, VM.parseJsonAddressArray(json, ".signers"), uint8(VM.parseJsonUint(json, ".faulty")));
        bytes memory b = VM.parseJsonBytes(json, ".report");
        uint64 sequence = uint64(VM.parseJsonUint(json, ".sequence"));
        equal(signingHash(b, digest, sequence), VM.parseJsonBytes32(json, ".signing_hash"), "hash");
        bytes[] memory leaves = VM.parseJsonBytesArray(json, ".leaves");
        uint256 before = gasleft();
        hub.post(b, digest, sequence, VM.parseJsonBytes(json, ".signatures"));
        require(before - gasleft() < 300_000, "gas");
        equal(token.totalSupply(), VM.parseJsonUint(json, ".export_wh"), "supply");
        IntervalStart start = IntervalStart.wrap(uint64(VM.parseJsonUint(json, ".start")));
        for (uint256 i; i < leaves.length; ++i) {
            bytes32[] memory proof = VM.parseJsonBytes32Array(json, string.concat(".proofs[", digit(i), "]"));
            require(hub.verifyLeaf(ZONE, start, 0, leaves[i], proof), "leaf refused");
            leaves[i][40] ^= 0x01;
            require(!hub.verifyLeaf(ZONE, start, 0, leaves[i], proof), "changed leaf accepted");
        }
    }

    function digit(uint256 i) private pure returns (string memory) {
        require(i < 10, "one digit");
        return string(abi.encodePacked(bytes1(uint8(48 + i))));
    }
}
