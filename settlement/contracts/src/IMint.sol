// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IntervalStart, Meter, WattHours, Watts, Zone} from "./Names.sol";

/// @title Where attested energy becomes tokens
/// @notice Holds what a quorum of oracles signed about every delivery interval, and holds one token unit per exported Wh
/// until it is claimed. Anybody may post a report: what counts are the signatures in it. Nothing is minted twice, and
/// never more than the registered nameplate could have produced.
///
/// At any time, for every zone: tokens minted − tokens burned here = export of the newest runs + debt. Tokens are in debt
/// when a later run attests less and the tokens are claimed already; while there is debt, the hub holds none of the zone's.
interface IMint {
    /// @notice What was attested about one interval.
    struct Statement {
        bytes32 root; // Merkle root of the leaves; zero where no meter measured
        WattHours exported;
        WattHours imported;
        uint32 length; // seconds
        uint32 meters; // number of leaves
        uint64 postedIn; // number of the block; zero means never posted
    }

    /// @notice A zone was registered, or its nameplate changed.
    event NameplateChanged(Zone indexed zone, Watts before, Watts nameplate);
    /// @notice An attested interval was accepted. The difference of `exported` to the run before is minted or burned.
    event Posted(
        Zone indexed zone,
        IntervalStart indexed start,
        uint32 length,
        uint32 run,
        bytes32 root,
        WattHours exported,
        WattHours imported,
        uint32 meters,
        bytes32 configDigest,
        uint64 sequence
    );
    /// @notice Energy that is no longer attested but claimed already, in Wh, grew or was paid back.
    event DebtChanged(Zone indexed zone, uint256 before, uint256 debt);
    /// @notice The certificate: `who` destroyed `amount` Wh of tokens for energy that this roof fed in. `root` and
    /// `reading` lead from here to the attested leaf and to the meter's signed reading; the leaf and its proof are in the
    /// transaction.
    event Retired(
        address indexed who,
        Zone indexed zone,
        Meter indexed meter,
        IntervalStart start,
        uint32 length,
        uint32 run,
        WattHours amount,
        WattHours total, // retired of this roof and interval so far
        bytes32 root,
        bytes32 reading
    );

    /// @notice A zone needs a name and a nameplate above zero.
    error InvalidNameplate(Zone zone, Watts nameplate);
    /// @notice The zone was never registered.
    error UnknownZone(Zone zone);
    /// @notice The run was posted before; nothing is minted twice.
    error AlreadyPosted(Zone zone, IntervalStart start, uint32 run);
    /// @notice The run was never posted.
    error NotPosted(Zone zone, IntervalStart start, uint32 run);
    /// @notice A later run must be about the interval of the one before.
    error OtherLength(Zone zone, IntervalStart start, uint32 length, uint32 before);
    /// @notice More energy than the zone's nameplate could have produced.
    error ExceedsNameplate(Zone zone, IntervalStart start, WattHours exported, WattHours available);
    /// @notice A later run corrects this one.
    error RunSuperseded(Zone zone, IntervalStart start, uint32 run);
    /// @notice The leaf with this proof is not under the root.
    error NotInRoot(bytes32 root);
    /// @notice No more than `left` Wh of this roof and interval can be retired, and no less than 1.
    error ExceedsExport(Meter meter, IntervalStart start, WattHours amount, WattHours left);

    /// @notice Registers a zone, or changes its nameplate. Only for REGISTRAR.
    /// @param zone name, padded with zero bytes
    /// @param nameplate the power of everything in the zone that can feed in. A new value counts for all time that no
    /// report has covered yet.
    function registerZone(Zone zone, Watts nameplate) external;

    /// @notice Accepts an attested run of an interval, once. Run 0 mints its export to this contract; run r needs run
    /// r−1 to be there and mints or burns the difference. What cannot be burned because it is claimed becomes the zone's
    /// debt, which its next mints pay first. Open to anybody, but not while paused.
    ///
    /// The physical bound: every second of delivery time gives the zone its nameplate plus 5 % for the meters'
    /// tolerance, once, whatever the order or the lengths of the reports. A report may use that of its own interval,
    /// and what the time before it left unused, up to one day's worth: a meter that could not be read reports its
    /// register, and with it all the energy since, in a later interval. A report about time that a later one has
    /// covered already gets no more than what is still unused; a correction gives back what the run before used.
    ///
    /// @param report 132 bytes, see AttestationReport
    /// @param configDigest configuration under which it was signed
    /// @param sequence of the oracle protocol under that configuration; part of what is signed
    /// @param signatures of exactly f+1 different oracles in any order, 65 bytes each: r, s, v as 0 or 1, over
    /// keccak256(keccak256(report), configDigest, sequence as one word)
    function post(bytes calldata report, bytes32 configDigest, uint64 sequence, bytes calldata signatures) external;

    /// @notice Destroys the caller's tokens for energy of one roof in one interval. The certificate is first come, first
    /// served: tokens do not say which roof they are from, and no roof's energy is certified twice.
    /// @param amount Wh
    /// @param run the newest one posted
    /// @param leaf 89 bytes, see AttestationLeaf
    /// @param proof see verifyLeaf
    function retire(
        WattHours amount,
        Zone zone,
        IntervalStart start,
        uint32 run,
        bytes calldata leaf,
        bytes32[] calldata proof
    ) external;

    /// @notice Stops post until unpause. Claims, exits, deposits and settlement go on. Only for GUARDIAN.
    function pause() external;

    /// @notice Lets post go on. Only for GUARDIAN.
    function unpause() external;

    /// @notice The role that registers zones.
    function REGISTRAR() external view returns (bytes32);

    /// @notice The role that pauses minting and revokes settlements in their challenge window; it can take nothing.
    function GUARDIAN() external view returns (bytes32);

    /// @notice The token that this contract mints.
    function token() external view returns (address);

    /// @notice Nameplate of the zone in W; zero if it was never registered.
    function nameplateOf(Zone zone) external view returns (Watts);

    /// @notice Tokens of the zone that wait here to be claimed, and its debt, in Wh. One of them is zero.
    function stockOf(Zone zone) external view returns (uint256 held, uint256 debt);

    /// @notice What was attested about an interval; all zero if it was never posted.
    function statementOf(Zone zone, IntervalStart start, uint32 run) external view returns (Statement memory);

    /// @notice What was retired of a roof's export in an interval.
    function retiredOf(Zone zone, IntervalStart start, Meter meter) external view returns (WattHours);

    /// @notice The Merkle root over an interval's leaves. Reverts with NotPosted if there is none.
    function rootOf(Zone zone, IntervalStart start, uint32 run) external view returns (bytes32);

    /// @notice Whether the leaf is part of what was attested. Reverts with NotPosted if nothing was.
    /// @param leaf the bytes of the leaf; they are hashed twice, so that no inner node can pass for one
    /// @param proof sibling hashes from the leaf to the root, bottom first; each pair is hashed in ascending order
    function verifyLeaf(Zone zone, IntervalStart start, uint32 run, bytes calldata leaf, bytes32[] calldata proof)
        external
        view
        returns (bool);
}
