// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev Name of a microgrid, padded with zero bytes.
type Zone is bytes32;

/// @dev Name of a household or business, padded with zero bytes; zero for an institution.
type Member is bytes32;

/// @dev Name of a metering point, padded with zero bytes.
type Meter is bytes32;

/// @dev What an account is for: 1 member, 2 residual supplier, 3 network, 4 issuance, 5 platform, 6 levies, 7 tax.
type Kind is uint8;

/// @dev Start of a delivery interval, in Unix seconds, aligned to the interval's length.
type IntervalStart is uint64;

/// @dev Energy in Wh.
type WattHours is uint64;

/// @dev Power in W.
type Watts is uint64;

/// @dev Money in 1e-9 of the currency's unit.
type Nano is uint64;

/// @dev The largest number in a report: the other programs compute with signed 64 bits.
uint64 constant MOST = uint64(type(int64).max);
