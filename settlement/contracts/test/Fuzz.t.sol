// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AttestationReport} from "../src/AttestationReport.sol";
import {IntervalStart, WattHours, Zone} from "../src/Names.sol";
import {Street} from "./Street.sol";

contract FuzzTest is Street {
    function setUp() public {
        open(0);
    }

    function decode(bytes calldata b) external pure returns (AttestationReport.Report memory) {
        return AttestationReport.decode(b);
    }

    function testEveryFieldIsReadBack(
        bytes32 zone,
        uint32 slot,
        uint8 pick,
        uint32 run,
        bytes32 root,
        uint32 meters,
        uint64 exported,
        uint64 imported
    ) public view {
        uint32[5] memory lengths = [uint32(60), 300, 900, 1800, 3600];
        uint32 length = lengths[pick % 5];
        AttestationReport.Report memory want = AttestationReport.Report({
            zone: Zone.wrap(zone),
            start: IntervalStart.wrap(uint64(slot % 70_000_000) * length),
            length: length,
            run: run,
            root: root,
            meters: meters,
            exported: WattHours.wrap(exported >> 1),
            imported: WattHours.wrap(imported >> 1)
        });
        AttestationReport.Report memory got = this.decode(encode(want));
        equal(keccak256(abi.encode(got)), keccak256(abi.encode(want)), "report");
    }

    function testOtherSizesAreRefused(bytes calldata b) public {
        VM.assume(b.length != 132);
        VM.expectRevert(abi.encodeWithSelector(AttestationReport.ReportSize.selector, b.length));
        this.decode(b);
    }

    function testOtherDomainsAreRefused(bytes32 domain) public {
        VM.assume(domain != "wattle/attestation/1");
        bytes memory b = encode(report(START, 1));
        for (uint256 i; i < 32; ++i) {
            b[i] = domain[i];
        }
        VM.expectRevert(abi.encodeWithSelector(AttestationReport.ReportDomain.selector, domain));
        this.decode(b);
    }

    function testOtherIntervalsAreRefused(uint64 start, uint32 length) public {
        bool known = length == 60 || length == 300 || length == 900 || length == 1800 || length == 3600;
        VM.assume(!known || start % length != 0 || start > 253402300800 - length);
        AttestationReport.Report memory r = report(start, 1);
        r.length = length;
        bytes memory b = encode(r);
        VM.expectRevert(abi.encodeWithSelector(AttestationReport.ReportInterval.selector, start, length));
        this.decode(b);
    }

    function testLargeTotalsAreRefused(uint64 exported, uint64 imported) public {
        VM.assume((exported | imported) >> 63 == 1);
        AttestationReport.Report memory r = report(START, exported);
        r.imported = WattHours.wrap(imported);
        bytes memory b = encode(r);
        VM.expectRevert(abi.encodeWithSelector(AttestationReport.ReportTotals.selector, exported, imported));
        this.decode(b);
    }

    /// @dev No bit of what was signed can be changed.
    function testEveryBitIsSigned(uint16 bit) public {
        bytes memory b = encode(report(START, 5));
        bytes memory signatures = signed(b);
        uint256 index = uint256(bit) % (8 * b.length);
        b[index / 8] ^= bytes1(uint8(1 << (index % 8)));
        VM.expectRevert();
        hub.post(b, DIGEST, 1, signatures);
    }

    function testSequenceIsSigned(uint64 sequence) public {
        VM.assume(sequence != 1);
        bytes memory b = encode(report(START, 5));
        bytes memory signatures = signed(b);
        VM.expectRevert();
        hub.post(b, DIGEST, sequence, signatures);
    }

    function testArbitrarySignaturesAreRefused(bytes32[4] calldata words, uint8 v0, uint8 v1) public {
        bytes memory b = encode(report(START, 5));
        VM.expectRevert();
        hub.post(b, DIGEST, 1, bytes.concat(words[0], words[1], bytes1(v0), words[2], words[3], bytes1(v1)));
    }
}
