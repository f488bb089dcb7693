// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {AttestationLeaf} from "./AttestationLeaf.sol";
import {AttestationReport} from "./AttestationReport.sol";
import {EnergyToken} from "./EnergyToken.sol";
import {IMint} from "./IMint.sol";
import {IntervalStart, Meter, WattHours, Watts, Zone} from "./Names.sol";
import {Oracles} from "./Oracles.sol";

/// @title Where attested energy becomes tokens
/// @notice See IMint.
abstract contract Mint is IMint, Oracles, Pausable {
    /// @dev What a zone can have produced and has not yet reported.
    struct Capacity {
        Watts nameplate;
        uint64 through; // end of the newest interval posted, Unix seconds; the time before it gives nothing more
        uint128 unused; // UNITS_PER_WH of a Wh
    }

    /// @dev A zone's tokens; one of the two is zero.
    struct Stock {
        uint128 held; // here, minted and not yet claimed, Wh
        uint128 debt; // claimed and no longer attested, Wh
    }

    /// @dev Nameplate in W, times seconds, times this percentage is the capacity, exactly.
    uint128 private constant PERCENT = 105;
    uint128 private constant UNITS_PER_WH = 1 hours * 100;
    uint64 private constant MAX_CARRY = 1 days;

    /// @inheritdoc IMint
    bytes32 public constant REGISTRAR = keccak256("REGISTRAR");
    /// @inheritdoc IMint
    bytes32 public constant GUARDIAN = keccak256("GUARDIAN");

    EnergyToken private immutable TOKEN;
    mapping(Zone => Capacity) private _capacity;
    mapping(Zone => Stock) private _stock;
    mapping(Zone => mapping(IntervalStart => mapping(uint32 run => Statement))) private _statements;
    mapping(Zone => mapping(IntervalStart => mapping(Meter => WattHours))) private _retired;

    constructor() {
        TOKEN = new EnergyToken();
    }

    /// @inheritdoc IMint
    function registerZone(Zone zone, Watts nameplate) external onlyRole(REGISTRAR) {
        if (Zone.unwrap(zone) == 0 || Watts.unwrap(nameplate) == 0) revert InvalidNameplate(zone, nameplate);
        Capacity storage c = _capacity[zone];
        Watts before = c.nameplate;
        c.nameplate = nameplate;
        c.unused = _least(c.unused, _produced(nameplate, MAX_CARRY));
        emit NameplateChanged(zone, before, nameplate);
    }

    /// @inheritdoc IMint
    function post(bytes calldata report, bytes32 configDigest, uint64 sequence, bytes calldata signatures)
        external
        whenNotPaused
    {
        AttestationReport.Report memory r = AttestationReport.decode(report);
        mapping(uint32 run => Statement) storage runs = _statements[r.zone][r.start];
        Statement storage s = runs[r.run];
        if (s.postedIn != 0) revert AlreadyPosted(r.zone, r.start, r.run);
        WattHours before;
        if (r.run != 0) {
            Statement storage p = runs[r.run - 1];
            if (p.postedIn == 0) revert NotPosted(r.zone, r.start, r.run - 1);
            if (p.length != r.length) revert OtherLength(r.zone, r.start, r.length, p.length);
            before = p.exported;
        }
        _verify(report, configDigest, sequence, signatures);
        _useCapacity(r, before);

        s.root = r.root;
        s.exported = r.exported;
        s.imported = r.imported;
        s.length = r.length;
        s.meters = r.meters;
        s.postedIn = uint64(block.number);
        emit Posted(r.zone, r.start, r.length, r.run, r.root, r.exported, r.imported, r.meters, configDigest, sequence);
        _mintOrBurn(r.zone, WattHours.unwrap(before), WattHours.unwrap(r.exported));
    }

    /// @inheritdoc IMint
    function retire(
        WattHours amount,
        Zone zone,
        IntervalStart start,
        uint32 run,
        bytes calldata leaf,
        bytes32[] calldata proof
    ) external {
        bytes32 root = rootOf(zone, start, run);
        if (_statements[zone][start][run + 1].postedIn != 0) revert RunSuperseded(zone, start, run);
        if (!_isLeaf(root, leaf, proof)) revert NotInRoot(root);
        AttestationLeaf.Leaf memory l = AttestationLeaf.decode(leaf);
        uint64 exported = WattHours.unwrap(l.exported);
        uint64 total = WattHours.unwrap(_retired[zone][start][l.meter]);
        uint64 left = total < exported ? exported - total : 0; // a correction can leave less than was retired
        if (WattHours.unwrap(amount) == 0 || WattHours.unwrap(amount) > left) {
            revert ExceedsExport(l.meter, start, amount, WattHours.wrap(left));
        }
        total += WattHours.unwrap(amount);
        _retired[zone][start][l.meter] = WattHours.wrap(total);
        uint32 length = _statements[zone][start][run].length;
        emit Retired(msg.sender, zone, l.meter, start, length, run, amount, WattHours.wrap(total), root, l.reading);
        TOKEN.burn(msg.sender, WattHours.unwrap(amount));
    }

    /// @inheritdoc IMint
    function pause() external onlyRole(GUARDIAN) {
        _pause();
    }

    /// @inheritdoc IMint
    function unpause() external onlyRole(GUARDIAN) {
        _unpause();
    }

    /// @inheritdoc IMint
    function token() external view returns (address) {
        return address(TOKEN);
    }

    /// @inheritdoc IMint
    function nameplateOf(Zone zone) external view returns (Watts) {
        return _capacity[zone].nameplate;
    }

    /// @inheritdoc IMint
    function stockOf(Zone zone) external view returns (uint256 held, uint256 debt) {
        return (_stock[zone].held, _stock[zone].debt);
    }

    /// @inheritdoc IMint
    function statementOf(Zone zone, IntervalStart start, uint32 run) external view returns (Statement memory) {
        return _statements[zone][start][run];
    }

    /// @inheritdoc IMint
    function retiredOf(Zone zone, IntervalStart start, Meter meter) external view returns (WattHours) {
        return _retired[zone][start][meter];
    }

    /// @inheritdoc IMint
    function verifyLeaf(Zone zone, IntervalStart start, uint32 run, bytes calldata leaf, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        return _isLeaf(rootOf(zone, start, run), leaf, proof);
    }

    /// @inheritdoc IMint
    function rootOf(Zone zone, IntervalStart start, uint32 run) public view returns (bytes32) {
        Statement storage s = _statements[zone][start][run];
        if (s.postedIn == 0) revert NotPosted(zone, start, run);
        return s.root;
    }

    /// @dev Takes up to `wanted` Wh from what the zone's tokens here; the caller sends what it returns.
    function _takeTokens(Zone zone, uint256 wanted) internal returns (uint64) {
        Stock storage s = _stock[zone];
        uint128 taken = uint128(Math.min(wanted, s.held));
        s.held -= taken;
        return uint64(taken);
    }

    /// @dev Sends what _takeTokens took.
    function _sendTokens(address to, uint256 amount) internal {
        TOKEN.transfer(to, amount);
    }

    /// @dev Whether exactly this interval was posted.
    function _isPosted(Zone zone, IntervalStart start, uint32 length, uint32 run) internal view returns (bool) {
        Statement storage s = _statements[zone][start][run];
        return s.postedIn != 0 && s.length == length;
    }

    function _isRegistered(Zone zone) internal view returns (bool) {
        return Watts.unwrap(_capacity[zone].nameplate) != 0;
    }

    function _isLeaf(bytes32 root, bytes calldata leaf, bytes32[] calldata proof) internal pure returns (bool) {
        return MerkleProof.verifyCalldata(proof, root, keccak256(bytes.concat(keccak256(leaf))));
    }

    function _mintOrBurn(Zone zone, uint256 before, uint256 exported) private {
        Stock storage s = _stock[zone];
        uint256 held = s.held;
        uint256 debt = s.debt;
        uint256 minted;
        uint256 burned;
        if (exported > before) {
            uint256 repaid = Math.min(debt, exported - before);
            minted = exported - before - repaid;
            _setStock(s, zone, held + minted, debt - repaid);
        } else if (before > exported) {
            burned = Math.min(held, before - exported);
            _setStock(s, zone, held - burned, debt + (before - exported - burned));
        }
        if (minted != 0) TOKEN.mint(address(this), minted);
        if (burned != 0) TOKEN.burn(address(this), burned);
    }

    function _setStock(Stock storage s, Zone zone, uint256 held, uint256 debt) private {
        uint256 before = s.debt;
        // Neither exceeds the sum of all exports, which would take longer than the sun to fill 128 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        (s.held, s.debt) = (uint128(held), uint128(debt));
        if (debt != before) emit DebtChanged(zone, before, debt);
    }

    /// @dev Takes the report's export from what its zone can have produced, see IMint.post.
    function _useCapacity(AttestationReport.Report memory r, WattHours before) private {
        Capacity storage c = _capacity[r.zone];
        Watts nameplate = c.nameplate;
        if (Watts.unwrap(nameplate) == 0) revert UnknownZone(r.zone);
        uint128 unused = c.unused + uint128(WattHours.unwrap(before)) * UNITS_PER_WH;
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
