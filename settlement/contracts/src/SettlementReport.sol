// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AttestationReport} from "./AttestationReport.sol";
import {IntervalStart, MOST, Nano, WattHours, Zone} from "./Names.sol";

/// @title The settlement root that oracles sign
/// @notice Fixed width, big-endian, 156 bytes:
///
///       0  domain "wattle/settlement/1", padded with zeros    32
///      32  zone                                               32
///      64  start of the interval, Unix seconds                 8
///      72  length of the interval, seconds                     4
///      76  run                                                 4
///      80  Merkle root of the balance leaves                  32
///     112  number, 1, 2, 3 … in the zone                       8
///     120  block up to which deposits and exits count          8
///     128  number of leaves                                    4
///     132  sum of the leaves' energy, Wh                       8
///     140  sum of the leaves' released money, 1e-9             8
///     148  sum of the leaves' released money and balance       8
library SettlementReport {
    struct Report {
        Zone zone;
        IntervalStart start;
        uint32 length; // seconds
        uint32 run;
        bytes32 root;
        uint64 number;
        uint64 countedTo; // block
        uint32 members; // number of leaves
        WattHours energy;
        Nano released;
        Nano owed;
    }

    /// @notice A settlement report has exactly 156 bytes.
    error SettlementSize(uint256 size);
    /// @notice The first word is not that of this report, or of this version of it.
    error SettlementDomain(bytes32 domain);
    /// @notice No zone uses such an interval.
    error SettlementInterval(IntervalStart start, uint32 length);
    /// @notice A total does not fit a signed 64-bit number, or less is owed than was released.
    error SettlementTotals(WattHours energy, Nano released, Nano owed);

    uint256 internal constant SIZE = 156;
    bytes32 internal constant DOMAIN = "wattle/settlement/1";

    /// @dev Reads what the oracles wrote and refuses what they would not write.
    function decode(bytes calldata b) internal pure returns (Report memory r) {
        if (b.length != SIZE) revert SettlementSize(b.length);
        if (bytes32(b[0:32]) != DOMAIN) revert SettlementDomain(bytes32(b[0:32]));
        uint64 start = uint64(bytes8(b[64:72]));
        uint64 energy = uint64(bytes8(b[132:140]));
        uint64 released = uint64(bytes8(b[140:148]));
        uint64 owed = uint64(bytes8(b[148:156]));
        r = Report({
            zone: Zone.wrap(bytes32(b[32:64])),
            start: IntervalStart.wrap(start),
            length: uint32(bytes4(b[72:76])),
            run: uint32(bytes4(b[76:80])),
            root: bytes32(b[80:112]),
            number: uint64(bytes8(b[112:120])),
            countedTo: uint64(bytes8(b[120:128])),
            members: uint32(bytes4(b[128:132])),
            energy: WattHours.wrap(energy),
            released: Nano.wrap(released),
            owed: Nano.wrap(owed)
        });
        if (!AttestationReport.isInterval(start, r.length)) revert SettlementInterval(r.start, r.length);
        if (energy > MOST || owed > MOST || released > owed) revert SettlementTotals(r.energy, r.released, r.owed);
    }
}
