// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IntervalStart, Kind, Member, Nano, WattHours, Zone} from "./Names.sol";

/// @title Where the money is
/// @notice Holds the members' money in a stable token and pays it out under settlement roots, which a quorum of oracles
/// signs after each of them computed the settlement itself. The cost of a root does not depend on the number of members.
///
/// A root is *payable* when its challenge window is over. Its leaves are cumulative, see BalanceLeaf, so that nobody has
/// to claim in time and a claim cannot race the next root: `released` never falls, and only what was released is paid.
/// Tokens are paid under the newest payable root only, for corrections may take energy back.
///
/// Nobody is needed to leave. A member asks with requestExit; if the operator has not released her money after exitDelay,
/// forceExit pays her all that the newest payable root says. If no root became payable for that long, or rather if the
/// newest payable one is that old, everybody can be exited without asking. A deposit that no root has counted for that
/// long goes back with reclaim.
interface IEscrow {
    /// @notice A settlement root that was accepted.
    struct Settlement {
        bytes32 root;
        uint64 postedAt; // Unix seconds; zero means never posted
        uint64 countedTo; // block up to which it counts deposits and exits; oracles name a final one
        Nano released;
        Nano owed;
    }

    /// @notice What an account got so far, over all roots.
    struct Paid {
        uint64 amount; // units of the money token
        WattHours energy;
        bool exited; // by force: only what is released beyond the amount is still to be paid
    }

    /// @notice What a zone holds, in units of the money token.
    struct Purse {
        uint64 last; // number of the newest root
        uint64 exitBlock; // of the newest forced exit or reclaimed deposit, which every root must count
        uint64 deposited; // in all
        uint64 withdrawn; // in all
    }

    /// @notice `from` paid `amount` units of the money token for a member, or for the residual supplier where the member
    /// is zero.
    event Deposited(Zone indexed zone, Member indexed member, address indexed from, uint64 amount);
    /// @notice A deposit that no root counted went back to who made it.
    event Reclaimed(Zone indexed zone, Member indexed member, address indexed from, uint64 amount, uint64 depositedIn);
    /// @notice A settlement root was accepted.
    event Settled(
        Zone indexed zone,
        uint64 indexed number,
        IntervalStart indexed start,
        uint32 length,
        uint32 run,
        bytes32 root,
        uint64 countedTo,
        uint32 members,
        WattHours energy,
        Nano released,
        Nano owed,
        bytes32 configDigest,
        uint64 sequence
    );
    /// @notice The roots from `number` to `last` will never be payable; the next one is `number` again.
    event Revoked(Zone indexed zone, uint64 indexed number, uint64 last, string reason);
    /// @notice An account was paid `amount` units of the money token and `energy` Wh of tokens.
    event Claimed(
        Zone indexed zone,
        Member indexed member,
        address indexed to,
        Kind kind,
        uint64 number,
        uint64 amount,
        WattHours energy
    );
    /// @notice `by` asks to leave; it counts for the member whose payout address it is.
    event ExitRequested(Zone indexed zone, Member indexed member, address indexed by);
    /// @notice An account was paid out by force; what was paid is in the Claimed event before.
    event Exited(Zone indexed zone, Member indexed member, Kind kind, uint64 number);

    /// @notice The money token has more than nine decimals.
    error InvalidMoney(address money, uint8 decimals);
    /// @notice The challenge window is at most 7 days.
    error InvalidWindow(uint32 challengeWindow);
    /// @notice More than nothing, and less than what a report can say.
    error InvalidAmount(uint256 amount);
    /// @notice The money token took a fee on the way.
    error IncompleteTransfer(uint256 amount, uint256 received);
    /// @notice The root's number is not the next one.
    error OtherNumber(Zone zone, uint64 number, uint64 next);
    /// @notice A root settles an interval that was posted.
    error NotAttested(Zone zone, IntervalStart start, uint32 length, uint32 run);
    /// @notice The root counts deposits and exits up to a block that lies before `oldest`, or is not closed yet: what still
    /// comes into this block it could not count.
    error OtherBlock(Zone zone, uint64 countedTo, uint64 oldest);
    /// @notice What was released once stays released.
    error ReleasedFell(Zone zone, Nano released, Nano before);
    /// @notice More money would be owed than was ever deposited for the zone, both in 1e-9.
    error ExceedsEscrow(Zone zone, uint256 owed, uint256 deposited);
    /// @notice There is no such root, or its challenge window is not over.
    error NotPayable(Zone zone, uint64 number);
    /// @notice The challenge window of the root is over, or there is no such root.
    error NotRevocable(Zone zone, uint64 number);
    /// @notice A newer root is payable: an exit needs the newest.
    error RootSuperseded(Zone zone, uint64 number);
    /// @notice The leaf with this proof is not under the root.
    error LeafNotInRoot(Zone zone, uint64 number);
    /// @notice The account has no payout address.
    error NoPayout(Zone zone, Member member);
    /// @notice There is nothing to pay.
    error NothingDue(Zone zone, Member member);
    /// @notice Nobody can be exited by force yet: the roots are fresh, and there is no request that is old enough and not
    /// too old.
    error ExitNotDue(Zone zone, Member member);
    /// @notice The member was exited by force and does not come back under this name.
    error AlreadyExited(Zone zone, Member member);
    /// @notice There is no such deposit, a root counts it, or it is not old enough.
    error NotReclaimable(Zone zone, Member member, uint64 depositedIn);

    /// @notice Takes money for a member from the caller.
    /// @param member whose money it becomes; zero for the residual supplier. A name that nobody has gets no leaf, and the
    /// deposit can be reclaimed only while no root counts it.
    /// @param amount units of the money token
    function deposit(Zone zone, Member member, uint256 amount) external;

    /// @notice The same with the token's permit (ERC-2612) instead of an approval. A permit that somebody else used up
    /// already does no harm.
    function depositWithPermit(
        Zone zone,
        Member member,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Gives the caller her deposit back that no root has counted for exitDelay.
    /// @param depositedIn block of the Deposited event
    function reclaim(Zone zone, Member member, uint64 depositedIn) external;

    /// @notice Accepts the next settlement root of a zone. Open to anybody, also while paused.
    /// @param report 156 bytes, see SettlementReport
    /// @param configDigest configuration under which it was signed
    /// @param sequence of the oracle protocol under that configuration
    /// @param signatures as in IMint.post
    function settle(bytes calldata report, bytes32 configDigest, uint64 sequence, bytes calldata signatures) external;

    /// @notice Takes back a root whose challenge window is not over, and all after it. Only for GUARDIAN.
    function revoke(Zone zone, uint64 number, string calldata reason) external;

    /// @notice Pays what a leaf gives beyond what its account got so far, always to the leaf's payout address. Open to
    /// anybody, for everybody, under every payable root; the tokens come with the newest only. If the zone holds less
    /// than is due, which needs a debt or an exit that the root does not know, it pays that, and the rest later.
    /// @param number of the root
    /// @param leaf 125 bytes, see BalanceLeaf
    /// @param proof sibling hashes from the leaf to the root, bottom first; each pair is hashed in ascending order
    /// @return amount paid, in units of the money token
    /// @return energy paid, in Wh
    function claim(uint64 number, bytes calldata leaf, bytes32[] calldata proof)
        external
        returns (uint64 amount, WattHours energy);

    /// @notice Asks to leave. To be sent from the payout address of the member's leaf. The request counts from exitDelay
    /// later on, and for as long; the operator must not let the member trade until then. A repeat begins anew.
    function requestExit(Zone zone, Member member) external;

    /// @notice Pays everything that the newest payable root says, released or not, to the leaf's payout address; open to
    /// anybody. It needs a request from that address that counts, or a newest payable root that is older than exitDelay.
    /// Later roots must count it.
    function forceExit(uint64 number, bytes calldata leaf, bytes32[] calldata proof)
        external
        returns (uint64 amount, WattHours energy);

    /// @notice The token that is the money.
    function money() external view returns (address);

    /// @notice How long a root can be revoked before it is payable, in seconds.
    function challengeWindow() external view returns (uint32);

    /// @notice 7 days, in which what was traded before a request is delivered and settled, and the challenge window, in
    /// which that root becomes payable; in seconds.
    function exitDelay() external view returns (uint64);

    /// @notice What the zone holds, and the number of its newest root.
    function purseOf(Zone zone) external view returns (Purse memory);

    /// @notice An accepted root; all zero if there is none, or it was revoked.
    function settlementOf(Zone zone, uint64 number) external view returns (Settlement memory);

    /// @notice Whether claims under the root are paid.
    function isPayable(Zone zone, uint64 number) external view returns (bool);

    /// @notice What an account got so far.
    function paidTo(Zone zone, Kind kind, Member member) external view returns (Paid memory);

    /// @notice When this address last asked to let this member leave, in Unix seconds; zero for never.
    function exitRequestOf(Zone zone, Member member, address by) external view returns (uint64);
}
