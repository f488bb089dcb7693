// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IntervalStart, MOST, WattHours, Zone} from "./Names.sol";

/// @title The report that oracles sign
/// @notice Fixed width, big-endian, 132 bytes:
///
///       0  domain "wattle/attestation/1", padded with zeros   32
///      32  zone                                               32
///      64  start of the interval, Unix seconds                 8
///      72  length of the interval, seconds                     4
///      76  run                                                 4
///      80  Merkle root of the leaves                          32
///     112  number of leaves                                    4
///     116  total export, Wh                                    8
///     124  total import, Wh                                    8
library AttestationReport {
    struct Report {
        Zone zone;
        IntervalStart start;
        uint32 length; // seconds
        uint32 run; // 0 first; corrections are later runs
        bytes32 root;
        uint32 meters; // number of leaves
        WattHours exported;
        WattHours imported;
    }

    /// @notice A report has exactly 132 bytes.
    error ReportSize(uint256 size);
    /// @notice The first word is not that of this report, or of this version of it.
    error ReportDomain(bytes32 domain);
    /// @notice No zone uses such an interval: the length is not 1, 5, 15, 30 or 60 minutes, the start is not a
    /// multiple of it, or the end lies after the year 9999.
    error ReportInterval(IntervalStart start, uint32 length);
    /// @notice A total does not fit a signed 64-bit number.
    error ReportTotals(WattHours exported, WattHours imported);

    uint256 internal constant SIZE = 132;
    bytes32 internal constant DOMAIN = "wattle/attestation/1";
    /// @dev The end of the year 9999, which is as far as the other programs print times.
    uint64 private constant END_OF_TIME = 253402300800;

    /// @dev Reads what the oracles wrote and refuses what they would not write.
    function decode(bytes calldata b) internal pure returns (Report memory r) {
        if (b.length != SIZE) revert ReportSize(b.length);
        bytes32 domain = bytes32(b[0:32]);
        if (domain != DOMAIN) revert ReportDomain(domain);
        uint64 start = uint64(bytes8(b[64:72]));
        uint64 exported = uint64(bytes8(b[116:124]));
        uint64 imported = uint64(bytes8(b[124:132]));
        r = Report({
            zone: Zone.wrap(bytes32(b[32:64])),
            start: IntervalStart.wrap(start),
            length: uint32(bytes4(b[72:76])),
            run: uint32(bytes4(b[76:80])),
            root: bytes32(b[80:112]),
            meters: uint32(bytes4(b[112:116])),
            exported: WattHours.wrap(exported),
            imported: WattHours.wrap(imported)
        });
        if (!isInterval(start, r.length)) revert ReportInterval(r.start, r.length);
        if (exported > MOST || imported > MOST) revert ReportTotals(r.exported, r.imported);
    }

    /// @dev Whether a zone can trade this interval.
    function isInterval(uint64 start, uint32 length) internal pure returns (bool) {
        bool known = length == 1 minutes || length == 5 minutes || length == 15 minutes || length == 30 minutes
            || length == 1 hours;
        return known && start % length == 0 && start <= END_OF_TIME - length;
    }
}
