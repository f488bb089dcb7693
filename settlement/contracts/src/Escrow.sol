// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {BalanceLeaf} from "./BalanceLeaf.sol";
import {IEscrow} from "./IEscrow.sol";
import {Mint} from "./Mint.sol";
import {Kind, MOST, Member, Nano, WattHours, Zone} from "./Names.sol";
import {SettlementReport} from "./SettlementReport.sol";

/// @title Where the money is
/// @notice See IEscrow.
abstract contract Escrow is IEscrow, Mint, ReentrancyGuard {
    using SafeERC20 for IERC20Metadata;

    /// @dev What one address deposited for one member in one block.
    struct Lot {
        uint64 amount;
        uint64 madeAt; // Unix seconds
    }

    uint8 private constant NANO_DECIMALS = 9;
    uint32 private constant MAX_WINDOW = 7 days;
    uint64 private constant SETTLING = 7 days;

    IERC20Metadata private immutable MONEY;
    uint64 private immutable UNIT; // of the money token, in 1e-9
    uint32 private immutable CHALLENGE_WINDOW;

    mapping(Zone => Purse) private _purses;
    mapping(Zone => mapping(uint64 number => Settlement)) private _settlements;
    mapping(Zone => mapping(Kind => mapping(Member => Paid))) private _paid;
    mapping(Zone => mapping(Member => mapping(address by => uint64))) private _exitRequests;
    mapping(Zone => mapping(Member => mapping(address from => mapping(uint256 depositedIn => Lot)))) private _lots;

    constructor(IERC20Metadata money_, uint32 challengeWindow_) {
        uint8 decimals = money_.decimals();
        if (decimals > NANO_DECIMALS) revert InvalidMoney(address(money_), decimals);
        if (challengeWindow_ > MAX_WINDOW) revert InvalidWindow(challengeWindow_);
        MONEY = money_;
        UNIT = uint64(10 ** (NANO_DECIMALS - decimals));
        CHALLENGE_WINDOW = challengeWindow_;
    }

    /// @inheritdoc IEscrow
    function deposit(Zone zone, Member member, uint256 amount) external nonReentrant {
        _deposit(zone, member, amount);
    }

    /// @inheritdoc IEscrow
    function depositWithPermit(
        Zone zone,
        Member member,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant {
        try IERC20Permit(address(MONEY)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(zone, member, amount);
    }

    /// @inheritdoc IEscrow
    function reclaim(Zone zone, Member member, uint64 depositedIn) external nonReentrant {
        Lot memory lot = _lots[zone][member][msg.sender][depositedIn];
        Purse storage p = _purses[zone];
        Settlement storage newest = _settlements[zone][p.last];
        if (lot.amount == 0 || depositedIn <= newest.countedTo || block.timestamp < lot.madeAt + exitDelay()) {
            revert NotReclaimable(zone, member, depositedIn);
        }
        delete _lots[zone][member][msg.sender][depositedIn];
        p.deposited -= lot.amount;
        p.exitBlock = uint64(block.number);
        // More than is owed can be withdrawn already where an exit and a root in its window crossed.
        _checkEscrow(zone, Math.max(Nano.unwrap(newest.owed), p.withdrawn * UNIT), p.deposited);
        emit Reclaimed(zone, member, msg.sender, lot.amount, depositedIn);
        MONEY.safeTransfer(msg.sender, lot.amount);
    }

    /// @inheritdoc IEscrow
    function settle(bytes calldata report, bytes32 configDigest, uint64 sequence, bytes calldata signatures) external {
        SettlementReport.Report memory r = SettlementReport.decode(report);
        Purse storage p = _purses[r.zone];
        _checkSettlement(r, p);
        _verify(report, configDigest, sequence, signatures);

        p.last = r.number;
        _settlements[r.zone][r.number] = Settlement({
            root: r.root, postedAt: uint64(block.timestamp), countedTo: r.countedTo, released: r.released, owed: r.owed
        });
        emit Settled(
            r.zone,
            r.number,
            r.start,
            r.length,
            r.run,
            r.root,
            r.countedTo,
            r.members,
            r.energy,
            r.released,
            r.owed,
            configDigest,
            sequence
        );
    }

    /// @inheritdoc IEscrow
    function revoke(Zone zone, uint64 number, string calldata reason) external onlyRole(GUARDIAN) {
        Purse storage p = _purses[zone];
        uint64 last = p.last;
        if (number == 0 || number > last || isPayable(zone, number)) revert NotRevocable(zone, number);
        p.last = number - 1;
        emit Revoked(zone, number, last, reason);
    }

    /// @inheritdoc IEscrow
    function claim(uint64 number, bytes calldata leaf, bytes32[] calldata proof)
        external
        nonReentrant
        returns (uint64 amount, WattHours energy)
    {
        BalanceLeaf.Leaf memory l = _leaf(number, leaf, proof);
        uint256 due = Nano.unwrap(l.released);
        (amount, energy) = _book(l, due, _isNewest(l.zone, number) ? WattHours.unwrap(l.energy) : 0);
        if (amount == 0 && WattHours.unwrap(energy) == 0) revert NothingDue(l.zone, l.member);
        emit Claimed(l.zone, l.member, l.payout, l.kind, number, amount, energy);
        _send(l.payout, amount, energy);
    }

    /// @inheritdoc IEscrow
    function requestExit(Zone zone, Member member) external {
        _exitRequests[zone][member][msg.sender] = uint64(block.timestamp);
        emit ExitRequested(zone, member, msg.sender);
    }

    /// @inheritdoc IEscrow
    function forceExit(uint64 number, bytes calldata leaf, bytes32[] calldata proof)
        external
        nonReentrant
        returns (uint64 amount, WattHours energy)
    {
        BalanceLeaf.Leaf memory l = _leaf(number, leaf, proof);
        if (!_isNewest(l.zone, number)) revert RootSuperseded(l.zone, number);
        Paid storage paid = _paid[l.zone][l.kind][l.member];
        if (paid.exited) revert AlreadyExited(l.zone, l.member);
        bool silent = block.timestamp >= _settlements[l.zone][number].postedAt + exitDelay();
        if (!silent && !_hasAsked(l)) revert ExitNotDue(l.zone, l.member);

        uint256 due = uint256(Nano.unwrap(l.released)) + Nano.unwrap(l.balance);
        (amount, energy) = _book(l, due, WattHours.unwrap(l.energy));
        paid.exited = paid.amount >= due / UNIT; // else the rest is still due
        _purses[l.zone].exitBlock = uint64(block.number);
        emit Claimed(l.zone, l.member, l.payout, l.kind, number, amount, energy);
        emit Exited(l.zone, l.member, l.kind, number);
        _send(l.payout, amount, energy);
    }

    /// @inheritdoc IEscrow
    function money() external view returns (address) {
        return address(MONEY);
    }

    /// @inheritdoc IEscrow
    function challengeWindow() external view returns (uint32) {
        return CHALLENGE_WINDOW;
    }

    /// @inheritdoc IEscrow
    function purseOf(Zone zone) external view returns (Purse memory) {
        return _purses[zone];
    }

    /// @inheritdoc IEscrow
    function settlementOf(Zone zone, uint64 number) external view returns (Settlement memory s) {
        if (number <= _purses[zone].last) s = _settlements[zone][number];
    }

    /// @inheritdoc IEscrow
    function paidTo(Zone zone, Kind kind, Member member) external view returns (Paid memory) {
        return _paid[zone][kind][member];
    }

    /// @inheritdoc IEscrow
    function exitRequestOf(Zone zone, Member member, address by) external view returns (uint64) {
        return _exitRequests[zone][member][by];
    }

    /// @inheritdoc IEscrow
    function exitDelay() public view returns (uint64) {
        return SETTLING + CHALLENGE_WINDOW;
    }

    /// @inheritdoc IEscrow
    function isPayable(Zone zone, uint64 number) public view returns (bool) {
        return number != 0 && number <= _purses[zone].last
            && block.timestamp >= _settlements[zone][number].postedAt + CHALLENGE_WINDOW;
    }

    function _deposit(Zone zone, Member member, uint256 amount) private {
        if (!_isRegistered(zone)) revert UnknownZone(zone);
        if (_paid[zone][Kind.wrap(BalanceLeaf.MEMBER)][member].exited) revert AlreadyExited(zone, member);
        Purse storage p = _purses[zone];
        if (amount == 0 || amount > MOST / UNIT - p.deposited) revert InvalidAmount(amount);
        uint256 before = MONEY.balanceOf(address(this));
        MONEY.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = MONEY.balanceOf(address(this)) - before;
        if (received != amount) revert IncompleteTransfer(amount, received);
        // It is at most MOST.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint64 added = uint64(amount);
        p.deposited += added;
        Lot storage lot = _lots[zone][member][msg.sender][block.number];
        lot.amount += added;
        lot.madeAt = uint64(block.timestamp);
        emit Deposited(zone, member, msg.sender, added);
    }

    /// @dev Enters as paid what is due and there; `owed` in 1e-9 and `energy` in Wh are cumulative.
    function _book(BalanceLeaf.Leaf memory l, uint256 owed, uint64 energy) private returns (uint64, WattHours) {
        if (l.payout == address(0)) revert NoPayout(l.zone, l.member);
        Paid storage paid = _paid[l.zone][l.kind][l.member];
        Purse storage p = _purses[l.zone];
        uint256 due = Math.min(Math.saturatingSub(owed / UNIT, paid.amount), p.deposited - p.withdrawn);
        // No more than was deposited.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint64 amount = uint64(due);
        uint64 tokens = _takeTokens(l.zone, Math.saturatingSub(energy, WattHours.unwrap(paid.energy)));
        paid.amount += amount;
        paid.energy = WattHours.wrap(WattHours.unwrap(paid.energy) + tokens);
        p.withdrawn += amount;
        return (amount, WattHours.wrap(tokens));
    }

    function _send(address to, uint64 amount, WattHours energy) private {
        if (WattHours.unwrap(energy) != 0) _sendTokens(to, WattHours.unwrap(energy));
        if (amount != 0) MONEY.safeTransfer(to, amount);
    }

    function _leaf(uint64 number, bytes calldata leaf, bytes32[] calldata proof)
        private
        view
        returns (BalanceLeaf.Leaf memory l)
    {
        l = BalanceLeaf.decode(leaf);
        if (!isPayable(l.zone, number)) revert NotPayable(l.zone, number);
        if (!_isLeaf(_settlements[l.zone][number].root, leaf, proof)) revert LeafNotInRoot(l.zone, number);
    }

    /// @dev Whether a payable root is the newest of them.
    function _isNewest(Zone zone, uint64 number) private view returns (bool) {
        return !isPayable(zone, number + 1);
    }

    /// @dev A request counts from one delay later until two delays later: a member who came back must ask again.
    function _hasAsked(BalanceLeaf.Leaf memory l) private view returns (bool) {
        if (Kind.unwrap(l.kind) != BalanceLeaf.MEMBER) return false;
        uint64 askedAt = _exitRequests[l.zone][l.member][l.payout];
        return askedAt != 0 && block.timestamp >= askedAt + exitDelay() && block.timestamp < askedAt + 2 * exitDelay();
    }

    function _checkSettlement(SettlementReport.Report memory r, Purse storage p) private view {
        if (r.number != p.last + 1) revert OtherNumber(r.zone, r.number, p.last + 1);
        if (!_isPosted(r.zone, r.start, r.length, r.run)) revert NotAttested(r.zone, r.start, r.length, r.run);
        Settlement storage before = _settlements[r.zone][p.last];
        uint64 oldest = p.exitBlock > before.countedTo ? p.exitBlock : before.countedTo;
        if (r.countedTo < oldest || r.countedTo >= block.number) revert OtherBlock(r.zone, r.countedTo, oldest);
        if (Nano.unwrap(r.released) < Nano.unwrap(before.released)) {
            revert ReleasedFell(r.zone, r.released, before.released);
        }
        _checkEscrow(r.zone, Nano.unwrap(r.owed), p.deposited);
    }

    function _checkEscrow(Zone zone, uint256 owed, uint64 deposited) private view {
        uint256 most = uint256(deposited) * UNIT;
        if (owed > most) revert ExceedsEscrow(zone, owed, most);
    }
}
