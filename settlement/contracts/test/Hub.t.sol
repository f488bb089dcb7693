// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {AttestationReport, IntervalStart, WattHours, Watts, Zone} from "../src/AttestationReport.sol";
import {EnergyToken} from "../src/EnergyToken.sol";
import {IHub} from "../src/IHub.sol";
import {Street} from "./Street.sol";

contract HubTest is Street {
    function setUp() public {
        open();
    }

    function testPostMintsTheExportAndKeepsTheStatement() public {
        AttestationReport.Report memory r = report(START, 9_000);
        bytes memory b = encode(r);
        VM.expectEmit(true, true, true, true);
        emit IHub.Posted(r.zone, r.start, QUARTER, 0, r.root, r.exported, r.imported, 12, DIGEST, 1);
        post(b);

        equal(token.totalSupply(), 9_000, "supply");
        equal(token.balanceOf(address(hub)), 9_000, "the hub's balance");
        equal(hub.rootOf(ZONE, r.start, 0), r.root, "root");
        IHub.Statement memory s = hub.statementOf(ZONE, r.start, 0);
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
        VM.expectRevert(abi.encodeWithSelector(IHub.AlreadyPosted.selector, ZONE, r.start, 0));
        post(encode(r));
    }

    function testPostTwice() public {
        post(START, 9_000);
        bytes memory again = encode(report(START, 1));
        VM.expectRevert(abi.encodeWithSelector(IHub.AlreadyPosted.selector, ZONE, START, 0));
        post(again);
        AttestationReport.Report memory longer = report(START, 1);
        longer.length = 1 hours;
        again = encode(longer);
        bytes memory signatures = signed(again);
        VM.expectRevert(abi.encodeWithSelector(IHub.AlreadyPosted.selector, ZONE, START, 0));
        hub.post(again, DIGEST, 1, signatures);
        equal(token.totalSupply(), 9_000, "supply");
    }

    function testLaterRun() public {
        AttestationReport.Report memory r = report(START, 1);
        r.run = 1;
        refuse(r, abi.encodeWithSelector(IHub.UnsupportedRun.selector, 1));
    }

    function testUnknownZone() public {
        AttestationReport.Report memory r = report(START, 1);
        r.zone = Zone.wrap("avenue");
        refuse(r, abi.encodeWithSelector(IHub.UnknownZone.selector, r.zone));
    }

    function testNotPosted() public {
        bytes memory reason = abi.encodeWithSelector(IHub.NotPosted.selector, ZONE, START, 0);
        VM.expectRevert(reason);
        hub.rootOf(ZONE, IntervalStart.wrap(START), 0);
        VM.expectRevert(reason);
        hub.verifyLeaf(ZONE, IntervalStart.wrap(START), 0, "", new bytes32[](0));
        equal(hub.statementOf(ZONE, IntervalStart.wrap(START), 0).postedIn, 0, "block");
    }

    function testMoreThanTheNameplate() public {
        refuse(
            report(START, QUARTER_WH + 1),
            abi.encodeWithSelector(IHub.ExceedsNameplate.selector, ZONE, START, QUARTER_WH + 1, QUARTER_WH)
        );
        post(START, QUARTER_WH);
        refuse(
            report(START + QUARTER, QUARTER_WH + 1),
            abi.encodeWithSelector(IHub.ExceedsNameplate.selector, ZONE, START + QUARTER, QUARTER_WH + 1, QUARTER_WH)
        );
    }

    /// @dev What an earlier interval left unused can be reported later: its meter was silent.
    function testCarry() public {
        post(START, 1_000);
        uint64 most = 2 * QUARTER_WH - 1_000;
        refuse(
            report(START + QUARTER, most + 1),
            abi.encodeWithSelector(IHub.ExceedsNameplate.selector, ZONE, START + QUARTER, most + 1, most)
        );
        post(START + QUARTER, most);
    }

    function testCarryIsOneDayAtMost() public {
        post(START, 0);
        uint64 later = START + 30 days;
        uint64 most = 97 * QUARTER_WH;
        refuse(
            report(later, most + 1), abi.encodeWithSelector(IHub.ExceedsNameplate.selector, ZONE, later, most + 1, most)
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
            abi.encodeWithSelector(IHub.ExceedsNameplate.selector, ZONE, START + QUARTER, most + 1, most)
        );
        post(START + QUARTER, most);
    }

    /// @dev Intervals of several lengths may overlap, but a second of sunshine counts once.
    function testOverlap() public {
        post(START, QUARTER_WH);
        AttestationReport.Report memory r = report(START + 5 minutes, 1);
        r.length = 5 minutes;
        refuse(r, abi.encodeWithSelector(IHub.ExceedsNameplate.selector, ZONE, r.start, 1, 0));
    }

    function testNameplateLowered() public {
        post(START, 0);
        hub.registerZone(ZONE, Watts.wrap(1));
        equal(Watts.unwrap(hub.nameplateOf(ZONE)), 1, "nameplate");
        refuse(
            report(START + QUARTER, 26), // 25.2 Wh in a day, 0.2625 in a quarter of an hour
            abi.encodeWithSelector(IHub.ExceedsNameplate.selector, ZONE, START + QUARTER, 26, 25)
        );
        post(START + QUARTER, 25);
    }

    function testLargestNameplate() public {
        hub.registerZone(ZONE, Watts.wrap(type(uint64).max));
        post(START, 4.8e18);
        post(START + 365 days, uint64(type(int64).max));
        equal(token.totalSupply(), 4.8e18 + uint256(uint64(type(int64).max)), "supply");
    }

    function testSignatureCount() public {
        bytes memory b = encode(report(START, 1));
        bytes32 hash = signingHash(b, DIGEST, 1);
        bytes memory one = signature(keys[0], hash);
        bytes memory three = bytes.concat(one, signature(keys[1], hash), signature(keys[2], hash));
        refuse(b, one, abi.encodeWithSelector(IHub.SignaturesSize.selector, 65, 130));
        refuse(b, three, abi.encodeWithSelector(IHub.SignaturesSize.selector, 195, 130));
        refuse(b, "", abi.encodeWithSelector(IHub.SignaturesSize.selector, 0, 130));
    }

    function testSigners() public {
        bytes memory b = encode(report(START, 1));
        bytes32 hash = signingHash(b, DIGEST, 1);
        bytes memory one = signature(keys[1], hash);
        refuse(b, bytes.concat(one, one), abi.encodeWithSelector(IHub.RepeatedSigner.selector, VM.addr(keys[1])));
        bytes memory stranger = bytes.concat(one, signature(99, hash));
        refuse(b, stranger, abi.encodeWithSelector(IHub.UnknownSigner.selector, VM.addr(99)));
    }

    function testMalformedSignatures() public {
        bytes memory b = encode(report(START, 1));
        bytes32 hash = signingHash(b, DIGEST, 1);
        bytes memory one = signature(keys[1], hash);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(keys[0], hash);
        bytes memory reason = abi.encodeWithSelector(IHub.MalformedSignature.selector, 1);
        refuse(b, bytes.concat(one, r, s, bytes1(v)), reason);
        refuse(b, bytes.concat(one, bytes32(0), bytes32(0), bytes1(0)), reason);
        // The same signature in its other form.
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        refuse(b, bytes.concat(one, r, bytes32(order - uint256(s)), bytes1(28 - v)), reason);
    }

    function testConfigMustBeTheCurrentOne() public {
        bytes memory b = encode(report(START, 1));
        bytes memory signatures = signed(b);
        hub.setOracles(hex"02", oracles(4), 1);
        refuse(b, signatures, abi.encodeWithSelector(IHub.OtherConfig.selector, DIGEST, bytes32(hex"02")));
    }

    function testReplacedOraclesNoLongerCount() public {
        address[] memory others = new address[](1);
        others[0] = VM.addr(99);
        hub.setOracles(DIGEST, others, 0);
        (bytes32 digest, address[] memory signers, uint8 faulty) = hub.quorum();
        equal(digest, DIGEST, "digest");
        equal(signers.length, 1, "signers");
        equal(faulty, 0, "faulty");
        bytes memory b = encode(report(START, 1));
        bytes32 hash = signingHash(b, DIGEST, 1);
        refuse(b, signature(keys[0], hash), abi.encodeWithSelector(IHub.UnknownSigner.selector, VM.addr(keys[0])));
        hub.post(b, DIGEST, 1, signature(99, hash));
    }

    function testGroups() public {
        VM.expectRevert(abi.encodeWithSelector(IHub.InvalidGroup.selector, 3, 1));
        hub.setOracles(DIGEST, oracles(3), 1);
        VM.expectRevert(abi.encodeWithSelector(IHub.InvalidGroup.selector, 32, 1));
        hub.setOracles(DIGEST, oracles(32), 1);
        VM.expectRevert(abi.encodeWithSelector(IHub.InvalidGroup.selector, 0, 0));
        hub.setOracles(DIGEST, oracles(0), 0);
        VM.expectRevert(abi.encodeWithSelector(IHub.InvalidGroup.selector, 31, 255));
        hub.setOracles(DIGEST, oracles(31), 255);
        address[] memory list = oracles(4);
        list[3] = list[0];
        VM.expectRevert(abi.encodeWithSelector(IHub.InvalidSigner.selector, list[0]));
        hub.setOracles(DIGEST, list, 1);
        list[3] = address(0);
        VM.expectRevert(abi.encodeWithSelector(IHub.InvalidSigner.selector, address(0)));
        hub.setOracles(DIGEST, list, 1);
        hub.setOracles(DIGEST, oracles(31), 10);
        bytes memory b = encode(report(START, 1));
        bytes32 hash = signingHash(b, DIGEST, 1);
        bytes memory signatures;
        for (uint256 i; i < 11; ++i) {
            signatures = bytes.concat(signatures, signature(41 - i, hash));
        }
        hub.post(b, DIGEST, 1, signatures);
    }

    function testOnlyTheOwnerAdministers() public {
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(7));
        VM.prank(address(7));
        VM.expectRevert(reason);
        hub.setOracles(DIGEST, oracles(4), 1);
        VM.prank(address(7));
        VM.expectRevert(reason);
        hub.registerZone(ZONE, Watts.wrap(1));
    }

    function testAnybodyPosts() public {
        bytes memory b = encode(report(START, 1));
        bytes memory signatures = signed(b);
        VM.prank(address(7));
        hub.post(b, DIGEST, 1, signatures);
        equal(token.totalSupply(), 1, "supply");
    }

    function testRegistrationNeedsNameAndPower() public {
        VM.expectRevert(abi.encodeWithSelector(IHub.InvalidNameplate.selector, ZONE, 0));
        hub.registerZone(ZONE, Watts.wrap(0));
        VM.expectRevert(abi.encodeWithSelector(IHub.InvalidNameplate.selector, 0, 5));
        hub.registerZone(Zone.wrap(0), Watts.wrap(5));
        VM.expectEmit(true, true, true, true);
        emit IHub.NameplateChanged(ZONE, Watts.wrap(NAMEPLATE), Watts.wrap(5));
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

    function refuse(AttestationReport.Report memory r, bytes memory reason) private {
        bytes memory b = encode(r);
        refuse(b, signed(b), reason);
    }

    function refuse(bytes memory b, bytes memory signatures, bytes memory reason) private {
        uint256 before = token.totalSupply();
        VM.expectRevert(reason);
        hub.post(b, DIGEST, 1, signatures);
        equal(token.totalSupply(), before, "supply after a refusal");
    }
}
