// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IntervalStart, WattHours, Watts, Zone} from "./AttestationReport.sol";

/// @title Where attested energy becomes public
/// @notice Holds what a quorum of oracles signed about every delivery interval, and mints one token unit per exported
/// Wh. Anybody may post a report: what counts are the signatures in it. Nothing is minted twice, and never more than
/// the registered nameplate could have produced.
interface IHub {
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
    /// @notice From now on only these oracles count.
    event OraclesChanged(bytes32 indexed configDigest, address[] signers, uint8 faulty);
    /// @notice An attested interval was accepted, and `exported` Wh were minted.
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

    /// @notice A zone needs a name and a nameplate above zero.
    error InvalidNameplate(Zone zone, Watts nameplate);
    /// @notice Up to 31 oracles of which fewer than a third may be faulty make a group.
    error InvalidGroup(uint256 signers, uint8 faulty);
    /// @notice The address is zero or stands twice in the list.
    error InvalidSigner(address signer);
    /// @notice The zone was never registered.
    error UnknownZone(Zone zone);
    /// @notice Only run 0 can be posted.
    error UnsupportedRun(uint32 run);
    /// @notice The run was posted before; nothing is minted twice.
    error AlreadyPosted(Zone zone, IntervalStart start, uint32 run);
    /// @notice The run was never posted.
    error NotPosted(Zone zone, IntervalStart start, uint32 run);
    /// @notice The report was signed under another configuration than the current one.
    error OtherConfig(bytes32 configDigest, bytes32 current);
    /// @notice Exactly `expected` bytes of signatures are needed: 65 for each of f+1 oracles.
    error SignaturesSize(uint256 size, uint256 expected);
    /// @notice The signature at `index` is not r, s in the lower half, and v as 0 or 1.
    error MalformedSignature(uint256 index);
    /// @notice The signer is not one of the current oracles.
    error UnknownSigner(address signer);
    /// @notice An oracle's signature counts once.
    error RepeatedSigner(address signer);
    /// @notice More energy than the zone's nameplate could have produced.
    error ExceedsNameplate(Zone zone, IntervalStart start, WattHours exported, WattHours available);

    /// @notice Registers a zone, or changes its nameplate. Only for the owner.
    /// @param zone name, padded with zero bytes
    /// @param nameplate the power of everything in the zone that can feed in. A new value counts for all time that no
    /// report has covered yet.
    function registerZone(Zone zone, Watts nameplate) external;

    /// @notice Replaces the oracles. Reports signed under an older configuration are refused from then on. Only for
    /// the owner.
    /// @param configDigest names the configuration, the chain and the contract that holds it: a signature for one
    /// deployment is worth nothing in another
    /// @param signers addresses of the oracles' signing keys
    /// @param faulty f, how many of them may be faulty; 3f < number of signers
    function setOracles(bytes32 configDigest, address[] calldata signers, uint8 faulty) external;

    /// @notice Accepts an attested interval, once, and mints its export to this contract. Open to anybody.
    ///
    /// The physical bound: every second of delivery time gives the zone its nameplate plus 5 % for the meters'
    /// tolerance, once, whatever the order or the lengths of the reports. A report may use that of its own interval,
    /// and what the time before it left unused, up to one day's worth: a meter that could not be read reports its
    /// register, and with it all the energy since, in a later interval. A report about time that a later one has
    /// covered already gets no more than what is still unused.
    ///
    /// @param report 132 bytes, see AttestationReport
    /// @param configDigest configuration under which it was signed
    /// @param sequence of the oracle protocol under that configuration; part of what is signed
    /// @param signatures of exactly f+1 different oracles in any order, 65 bytes each: r, s, v as 0 or 1, over
    /// keccak256(keccak256(report), configDigest, sequence as one word)
    function post(bytes calldata report, bytes32 configDigest, uint64 sequence, bytes calldata signatures) external;

    /// @notice The token that this contract mints.
    function token() external view returns (address);

    /// @notice Nameplate of the zone in W; zero if it was never registered.
    function nameplateOf(Zone zone) external view returns (Watts);

    /// @notice The oracles that count now.
    function quorum() external view returns (bytes32 configDigest, address[] memory signers, uint8 faulty);

    /// @notice What was attested about an interval; all zero if it was never posted.
    function statementOf(Zone zone, IntervalStart start, uint32 run) external view returns (Statement memory);

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
