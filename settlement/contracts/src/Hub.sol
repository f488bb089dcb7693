// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AttestationReport, IntervalStart, WattHours, Watts, Zone} from "./AttestationReport.sol";
import {EnergyToken} from "./EnergyToken.sol";
import {IHub} from "./IHub.sol";

/// @title The hub of all zones
/// @notice See IHub.
contract Hub is IHub, Ownable2Step {
    using AttestationReport for bytes;

    /// @dev What a zone can have produced and has not yet reported.
    struct Capacity {
        Watts nameplate;
        uint64 through; // end of the newest interval posted, Unix seconds; the time before it gives nothing more
        uint128 unused; // UNITS_PER_WH of a Wh
    }

    uint256 private constant MAX_ORACLES = 31;
    uint256 private constant SIGNATURE_SIZE = 65;
    /// @dev Nameplate in W, times seconds, times this percentage is the capacity, exactly.
    uint128 private constant PERCENT = 105;
    uint128 private constant UNITS_PER_WH = 1 hours * 100;
    uint64 private constant MAX_CARRY = 1 days;

    EnergyToken private immutable TOKEN;
    bytes32 private _configDigest;
    uint8 private _faulty;
    address[] private _signers;
    mapping(address signer => uint256) private _position; // in _signers, from 1; 0 for everybody else
    mapping(Zone => Capacity) private _capacity;
    mapping(Zone => mapping(IntervalStart => mapping(uint32 run => Statement))) private _statements;

    constructor() Ownable(msg.sender) {
        TOKEN = new EnergyToken();
    }

    /// @inheritdoc IHub
    function registerZone(Zone zone, Watts nameplate) external onlyOwner {
        if (Zone.unwrap(zone) == 0 || Watts.unwrap(nameplate) == 0) revert InvalidNameplate(zone, nameplate);
        Capacity storage c = _capacity[zone];
        Watts before = c.nameplate;
        c.nameplate = nameplate;
        c.unused = _least(c.unused, _produced(nameplate, MAX_CARRY));
        emit NameplateChanged(zone, before, nameplate);
    }

    /// @inheritdoc IHub
    function setOracles(bytes32 configDigest, address[] calldata signers, uint8 faulty) external onlyOwner {
        if (signers.length > MAX_ORACLES || 3 * uint256(faulty) >= signers.length) {
            revert InvalidGroup(signers.length, faulty);
        }
        for (uint256 i; i < _signers.length; ++i) {
            delete _position[_signers[i]];
        }
        for (uint256 i; i < signers.length; ++i) {
            if (signers[i] == address(0) || _position[signers[i]] != 0) revert InvalidSigner(signers[i]);
            _position[signers[i]] = i + 1;
        }
        _configDigest = configDigest;
        _faulty = faulty;
        _signers = signers;
        emit OraclesChanged(configDigest, signers, faulty);
    }

    /// @inheritdoc IHub
    function post(bytes calldata report, bytes32 configDigest, uint64 sequence, bytes calldata signatures) external {
        AttestationReport.Report memory r = report.decode();
        if (r.run != 0) revert UnsupportedRun(r.run);
        Statement storage s = _statements[r.zone][r.start][r.run];
        if (s.postedIn != 0) revert AlreadyPosted(r.zone, r.start, r.run);
        if (configDigest != _configDigest) revert OtherConfig(configDigest, _configDigest);
        _checkSignatures(keccak256(abi.encodePacked(keccak256(report), configDigest, uint256(sequence))), signatures);
        _useCapacity(r);

        s.root = r.root;
        s.exported = r.exported;
        s.imported = r.imported;
        s.length = r.length;
        s.meters = r.meters;
        s.postedIn = uint64(block.number);
        emit Posted(r.zone, r.start, r.length, r.run, r.root, r.exported, r.imported, r.meters, configDigest, sequence);
        TOKEN.mint(address(this), WattHours.unwrap(r.exported));
    }

    /// @inheritdoc IHub
    function token() external view returns (address) {
        return address(TOKEN);
    }

    /// @inheritdoc IHub
    function nameplateOf(Zone zone) external view returns (Watts) {
        return _capacity[zone].nameplate;
    }

    /// @inheritdoc IHub
    function quorum() external view returns (bytes32 configDigest, address[] memory signers, uint8 faulty) {
        return (_configDigest, _signers, _faulty);
    }

    /// @inheritdoc IHub
    function statementOf(Zone zone, IntervalStart start, uint32 run) external view returns (Statement memory) {
        return _statements[zone][start][run];
    }

    /// @inheritdoc IHub
    function verifyLeaf(Zone zone, IntervalStart start, uint32 run, bytes calldata leaf, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        return MerkleProof.verifyCalldata(proof, rootOf(zone, start, run), keccak256(bytes.concat(keccak256(leaf))));
    }

    /// @inheritdoc IHub
    function rootOf(Zone zone, IntervalStart start, uint32 run) public view returns (bytes32) {
        Statement storage s = _statements[zone][start][run];
        if (s.postedIn == 0) revert NotPosted(zone, start, run);
        return s.root;
    }

    function _checkSignatures(bytes32 hash, bytes calldata signatures) private view {
        uint256 count = uint256(_faulty) + 1;
        if (signatures.length != count * SIGNATURE_SIZE) {
            revert SignaturesSize(signatures.length, count * SIGNATURE_SIZE);
        }
        bool[MAX_ORACLES + 1] memory seen; // by position
        for (uint256 i; i < count; ++i) {
            bytes calldata b = signatures[i * SIGNATURE_SIZE:(i + 1) * SIGNATURE_SIZE];
            uint8 v = uint8(b[64]);
            if (v > 1) revert MalformedSignature(i);
            (address signer, ECDSA.RecoverError e,) =
                ECDSA.tryRecover(hash, v + 27, bytes32(b[0:32]), bytes32(b[32:64]));
            if (e != ECDSA.RecoverError.NoError) revert MalformedSignature(i);
            uint256 position = _position[signer];
            if (position == 0) revert UnknownSigner(signer);
            if (seen[position]) revert RepeatedSigner(signer);
            seen[position] = true;
        }
    }

    /// @dev Takes the report's export from what its zone can have produced, see IHub.post.
    function _useCapacity(AttestationReport.Report memory r) private {
        Capacity storage c = _capacity[r.zone];
        Watts nameplate = c.nameplate;
        if (Watts.unwrap(nameplate) == 0) revert UnknownZone(r.zone);
        uint128 unused = c.unused;
        uint64 start = IntervalStart.unwrap(r.start);
        uint64 end = start + r.length;
        uint64 through = c.through == 0 ? start : c.through; // nothing is carried into a zone's first report
        if (end > through) {
            if (start > through) {
                unused += _produced(nameplate, uint64(Math.min(start - through, MAX_CARRY)));
                through = start;
            }
            unused = _least(unused, _produced(nameplate, MAX_CARRY)) + _produced(nameplate, end - through);
            c.through = end;
        }
        uint128 used = uint128(WattHours.unwrap(r.exported)) * UNITS_PER_WH;
        if (used > unused) {
            // Less than the export, so it fits 64 bits.
            // forge-lint: disable-next-line(unsafe-typecast)
            WattHours available = WattHours.wrap(uint64(unused / UNITS_PER_WH));
            revert ExceedsNameplate(r.zone, r.start, r.exported, available);
        }
        c.unused = unused - used;
    }

    /// @dev At most 2^64 W for two days: fits 128 bits by far.
    function _produced(Watts nameplate, uint64 duration) private pure returns (uint128) {
        return uint128(Watts.unwrap(nameplate)) * duration * PERCENT;
    }

    function _least(uint128 a, uint128 b) private pure returns (uint128) {
        return a < b ? a : b;
    }
}
