// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Kind, MOST, Member, Nano, WattHours, Zone} from "./Names.sol";

/// @title What a settlement root says about one account
/// @notice Fixed width, big-endian, 125 bytes:
///
///       0  domain "wattle/balance/1"                          16
///      16  zone                                               32
///      48  kind of the account                                 1
///      49  member, zero for an institution                    32
///      81  payout address                                     20
///     101  energy that may have been claimed in all, Wh        8
///     109  money released for withdrawal in all, 1e-9          8
///     117  the rest of the account's money, 1e-9               8
library BalanceLeaf {
    struct Leaf {
        Zone zone;
        Kind kind;
        Member member;
        address payout;
        WattHours energy;
        Nano released;
        Nano balance;
    }

    /// @notice A balance leaf has exactly 125 bytes.
    error BalanceSize(uint256 size);
    /// @notice The first bytes are not those of this leaf, or of this version of it.
    error BalanceDomain(bytes16 domain);
    /// @notice A number does not fit a signed 64-bit number.
    error BalanceRange(WattHours energy, Nano released, Nano balance);

    uint256 internal constant SIZE = 125;
    bytes16 internal constant DOMAIN = "wattle/balance/1";
    /// @dev The kinds that the hub tells apart.
    uint8 internal constant MEMBER = 1;
    uint8 internal constant SUPPLIER = 2;

    /// @dev Reads what the oracles wrote and refuses what they would not write.
    function decode(bytes calldata b) internal pure returns (Leaf memory l) {
        if (b.length != SIZE) revert BalanceSize(b.length);
        if (bytes16(b[0:16]) != DOMAIN) revert BalanceDomain(bytes16(b[0:16]));
        uint64 energy = uint64(bytes8(b[101:109]));
        uint64 released = uint64(bytes8(b[109:117]));
        uint64 balance = uint64(bytes8(b[117:125]));
        l = Leaf({
            zone: Zone.wrap(bytes32(b[16:48])),
            kind: Kind.wrap(uint8(b[48])),
            member: Member.wrap(bytes32(b[49:81])),
            payout: address(bytes20(b[81:101])),
            energy: WattHours.wrap(energy),
            released: Nano.wrap(released),
            balance: Nano.wrap(balance)
        });
        if (energy > MOST || released > MOST || balance > MOST) revert BalanceRange(l.energy, l.released, l.balance);
    }
}
