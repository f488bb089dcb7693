// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BalanceLeaf} from "../src/BalanceLeaf.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {IntervalStart, Nano, WattHours} from "../src/Names.sol";
import {SettlementReport} from "../src/SettlementReport.sol";
import {Books} from "./Books.sol";

/// @dev What people do with the hub; forge calls these in any order.
contract Crowd is Books {
    constructor() {
        begin();
    }

    function pass(uint8 pick) external {
        uint32[4] memory steps = [uint32(15 minutes), 50 minutes, 1 days, 8 days];
        (clock, height) = (clock + steps[pick % 4], height + 1);
        VM.warp(clock);
        VM.roll(height);
    }

    function deposit(uint8 who, uint32 amount) external {
        Book storage b = books[who % ACCOUNTS];
        bool exited = hub.paidTo(ZONE, MEMBER, b.member).exited;
        VM.prank(b.payout);
        try hub.deposit(ZONE, b.member, amount) {
            note(!exited && amount != 0, "deposit accepted");
            ++reached["deposit"];
            b.fresh += amount;
            deposits[b.payout].push(uint64(height));
        } catch {
            note(exited || amount == 0, "deposit refused");
        }
    }

    function reclaim(uint8 who, uint8 pick) external {
        Book storage b = books[who % ACCOUNTS];
        uint64[] storage made = deposits[b.payout];
        if (made.length == 0) return;
        uint64 depositedIn = made[made.length - 1 - pick % (made.length < 3 ? made.length : 3)];
        uint256 before = euro.balanceOf(b.payout);
        VM.prank(b.payout);
        try hub.reclaim(ZONE, b.member, depositedIn) {
            uint256 back = euro.balanceOf(b.payout) - before;
            ++reached["reclaim"];
            // It was counted already if the root that did so was revoked.
            if (back <= b.fresh) b.fresh -= uint64(back);
            else (b.fresh, b.balance) = (0, b.balance - int256((back - b.fresh) * UNIT));
        } catch {}
    }

    /// @dev Money changes hands; members who have asked to leave do not trade.
    function trade(uint8 from, uint8 to, uint64 amount) external {
        Book storage buyer = books[from % ACCOUNTS];
        if (halted(buyer) || buyer.balance <= 0) return;
        int256 price = int256(uint256(amount) % (uint256(buyer.balance) * 5 / 4 + 1)); // now and then on credit
        buyer.balance -= price;
        books[to % ACCOUNTS].balance += price;
    }

    function halted(Book storage b) private view returns (bool) {
        uint64 asked = hub.exitRequestOf(ZONE, b.member, b.payout);
        return asked != 0 && clock < asked + 2 * hub.exitDelay();
    }

    function release(uint8 who, uint64 amount) external {
        Book storage b = books[who % ACCOUNTS];
        if (b.balance <= 0) return;
        uint64 more = uint64(uint256(amount) % (uint256(b.balance) + 1));
        b.balance -= int256(uint256(more));
        b.released += more;
    }

    function attest(uint16 exported, uint8 who) external {
        attempt(intervals, 0, exported, who);
    }

    function correct(uint8 back, uint16 exported, uint8 who) external {
        uint64 interval = intervals - 1 - back % (intervals < 8 ? intervals : 8);
        if (interval == 0) return; // has no roof
        attempt(interval, runs[interval] + 1, exported, who);
    }

    function attempt(uint64 interval, uint32 run, uint64 exported, uint8 who) private {
        bytes memory b = attestation(interval, run, exported % (2 * QUARTER_WH));
        try hub.post(b, DIGEST, 1, signed(b)) {
            reports.push(b);
            if (interval == intervals) ++intervals;
            runs[interval] = run;
            enter(interval, exported % (2 * QUARTER_WH), who);
            ++reached[run == 0 ? bytes32("attest") : bytes32("correct")];
        } catch {}
    }

    function repost(uint16 pick) external {
        bytes memory b = reports[pick % reports.length];
        try hub.post(b, DIGEST, 1, signed(b)) {
            note(false, "one report twice");
        } catch {}
    }

    function retire(uint8 back, uint16 amount) external {
        uint64 interval = intervals - 1 - back % (intervals < 8 ? intervals : 8);
        VM.prank(ANNAS);
        try hub.retire(
            WattHours.wrap(amount),
            ZONE,
            IntervalStart.wrap(START + interval * QUARTER),
            runs[interval],
            roof(exports[interval]),
            new bytes32[](0)
        ) {
            retired += amount;
            ++reached["retire"];
            note(amount <= exports[interval], "more retired than the roof made");
        } catch {}
    }

    function settle() external {
        (BalanceLeaf.Leaf[] memory list, bool possible) = standing();
        if (!possible) return;
        SettlementReport.Report memory r = settlement(list);
        bytes memory b = encode(r);
        try hub.settle(b, DIGEST, 1, signed(b)) {
            keep(r.number, list);
            ++reached["settle"];
            oldSettlement = b;
        } catch {
            note(false, "honest root refused");
        }
    }

    function resettle() external {
        if (oldSettlement.length == 0) return;
        uint64 last = hub.purseOf(ZONE).last;
        try hub.settle(oldSettlement, DIGEST, 1, signed(oldSettlement)) {
            // Only what was revoked can come again, and its deposits and exits are still those.
            note(hub.purseOf(ZONE).last == last + 1, "numbers");
        } catch {}
    }

    function revoke(uint8 back) external {
        uint64 last = hub.purseOf(ZONE).last;
        if (last == 0) return;
        uint64 number = last > back % 3 ? last - back % 3 : last;
        bool payable_ = hub.isPayable(ZONE, number);
        try hub.revoke(ZONE, number, "") {
            note(!payable_, "payable root revoked");
            ++reached["revoke"];
        } catch {}
    }

    function claim(uint8 who, uint8 back) external {
        uint256 i = who % ACCOUNTS;
        uint64 number = hub.purseOf(ZONE).last;
        if (number == 0) return;
        number = number > back % 4 ? number - back % 4 : number;
        BalanceLeaf.Leaf memory l = leafAt(number, i);
        bool payable_ = hub.isPayable(ZONE, number);
        try hub.claim(number, encode(l), proofAt(number, i)) {
            note(payable_, "claimed in the window");
            ++reached["claim"];
            owe(books[i], Nano.unwrap(l.released) / UNIT, WattHours.unwrap(l.energy));
        } catch {}
    }

    function ask(uint8 who) external {
        Book storage b = books[who % ACCOUNTS];
        VM.prank(b.payout);
        hub.requestExit(ZONE, b.member);
    }

    function exit(uint8 who, uint8 luck) external {
        uint256 i = who % ACCOUNTS;
        uint64 number = newestPayable();
        if (number == 0) return;
        bool overlaps = hub.purseOf(ZONE).last != number;
        if (overlaps && luck % 8 != 0) return;
        Book storage b = books[i];
        BalanceLeaf.Leaf memory l = leafAt(number, i);
        uint64 asked = hub.exitRequestOf(ZONE, b.member, b.payout);
        bool due = clock >= hub.settlementOf(ZONE, number).postedAt + hub.exitDelay()
            || (halted(b) && clock >= asked + hub.exitDelay());
        try hub.forceExit(number, encode(l), proofAt(number, i)) {
            note(due, "exit that was not due");
            ++reached[hub.exitRequestOf(ZONE, b.member, b.payout) == 0 ? bytes32("silent exit") : bytes32("exit")];
            overlapped = overlapped || overlaps;
            owe(b, (Nano.unwrap(l.released) + Nano.unwrap(l.balance)) / UNIT, WattHours.unwrap(l.energy));
            // The ledger books the exit as a withdrawal.
            uint64 paid = hub.paidTo(ZONE, l.kind, l.member).amount * UNIT;
            if (paid > b.released) {
                b.balance -= int256(uint256(paid - b.released));
                b.released = paid;
            }
        } catch {}
    }

    function owe(Book storage b, uint64 amount, uint64 energy) private {
        if (amount > b.mostDue) b.mostDue = amount;
        if (energy > b.mostEnergy) b.mostEnergy = energy;
    }

    /// @dev What must be true after every step.
    function check() external {
        (uint256 held, uint256 debt) = hub.stockOf(ZONE);
        note(token.totalSupply() + retired == attested + debt, "supply");
        note(token.balanceOf(address(hub)) == held, "held");
        note(held == 0 || debt == 0, "debt beside tokens");
        if (debt != 0) ++reached["debt"];
        note(attested <= uint256(NAMEPLATE) * intervals * QUARTER * 105 / (3600 * 100), "more than the nameplate");
        IEscrow.Purse memory p = hub.purseOf(ZONE);
        note(euro.balanceOf(address(hub)) == p.deposited - p.withdrawn, "purse");
        uint64 number = newestPayable();
        uint256 open;
        uint256 overpaid;
        uint256 withdrawn;
        for (uint256 i; i < ACCOUNTS; ++i) {
            Book storage b = books[i];
            IEscrow.Paid memory paid = hub.paidTo(ZONE, i == SUPPLIER_BOOK ? SUPPLIER : MEMBER, b.member);
            withdrawn += paid.amount;
            note(paid.amount <= b.mostDue, "money paid twice");
            note(WattHours.unwrap(paid.energy) <= b.mostEnergy, "tokens paid twice");
            if (number == 0) continue;
            BalanceLeaf.Leaf memory l = leafAt(number, i);
            uint256 due = (uint256(Nano.unwrap(l.released)) + Nano.unwrap(l.balance)) / UNIT;
            if (due > paid.amount) open += due - paid.amount;
            else overpaid += paid.amount - due;
        }
        note(withdrawn == p.withdrawn, "withdrawn");
        note(open <= p.deposited - p.withdrawn + overpaid, "obligations");
        note(overpaid == 0 || overlapped, "paid more than the newest payable root gives");
    }
}
