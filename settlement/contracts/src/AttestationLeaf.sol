// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Meter, WattHours} from "./Names.sol";

/// @title What an attestation says about one meter
/// @notice Fixed width, big-endian, 89 bytes:
///
///       0  meter                                              32
///      32  import, Wh                                          8
///      40  export, Wh                                          8
///      48  since, Unix seconds                                 8
///      56  quality                                             1
///      57  digest of the signed reading                       32
library AttestationLeaf {
    struct Leaf {
        Meter meter;
        WattHours exported;
        bytes32 reading;
    }

    /// @notice A leaf of an attestation has exactly 89 bytes.
    error LeafSize(uint256 size);

    uint256 internal constant SIZE = 89;

    /// @dev Reads what a certificate needs. The caller proves that the bytes are part of an attestation, whose signers
    /// checked the rest.
    function decode(bytes calldata b) internal pure returns (Leaf memory) {
        if (b.length != SIZE) revert LeafSize(b.length);
        return Leaf({
            meter: Meter.wrap(bytes32(b[0:32])),
            exported: WattHours.wrap(uint64(bytes8(b[40:48]))),
            reading: bytes32(b[57:89])
        });
    }
}
