// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AttestationReport} from "../src/AttestationReport.sol";
import {BalanceLeaf} from "../src/BalanceLeaf.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {IntervalStart, Member, Meter, WattHours} from "../src/Names.sol";
import {SettlementReport} from "../src/SettlementReport.sol";
import {Town} from "./Town.sol";

/// @dev An honest ledger of three members and the residual supplier, whose oracles sign what it says, among people who
/// do whatever the hub lets them do, in any order. It notes what must never happen.
abstract contract Books is Town {
    struct Book {
        Member member;
        address payout;
        int256 balance; // 1e-9; below zero it is the supplier's credit
        uint64 released;
        uint64 energy; // Wh
        uint64 fresh; // deposited and not yet counted, units of the money
        uint64 mostDue; // that any payable leaf ever gave, units of the money
        uint64 mostEnergy;
    }

    uint32 internal constant WINDOW = 1 hours;
    uint256 internal constant ACCOUNTS = 4;
    uint256 internal constant SUPPLIER_BOOK = 3;
    uint64 internal constant UNIT = 1_000;

    Book[ACCOUNTS] internal books;
    uint256 internal clock = START;
    uint64 internal intervals; // posted
    mapping(uint64 interval => uint32) internal runs; // posted
    mapping(uint64 interval => uint64) internal exports; // of the newest run
    uint256 internal attested;
    uint256 internal retired;
    mapping(uint64 number => bytes[]) internal leaves;
    bytes[] internal reports; // every attestation that was accepted
    bytes internal oldSettlement;
    mapping(address from => uint64[]) internal deposits; // blocks
    bool internal overlapped; // somebody was exited while a newer root was in its window

    mapping(bytes32 step => uint256) public reached; // how often a step was carried out
    string public broken; // what should never have happened

    function begin() internal {
        open(WINDOW);
        address[ACCOUNTS] memory payouts = [ANNAS, BENS, address(0xCA7A), SUPPLIERS];
        Member[ACCOUNTS] memory names = [ANNA, BEN, Member.wrap("cara"), NOBODY];
        for (uint256 i; i < ACCOUNTS; ++i) {
            (books[i].member, books[i].payout) = (names[i], payouts[i]);
            euro.mint(payouts[i], 1e12);
            VM.prank(payouts[i]);
            euro.approve(address(hub), type(uint256).max);
        }
        post(START, 0);
        intervals = 1;
        reports.push(encode(report(START, 0)));
    }

    /// @dev The leaves as the ledger stands: what is below zero is taken from the supplier's.
    function standing() internal view returns (BalanceLeaf.Leaf[] memory list, bool possible) {
        list = new BalanceLeaf.Leaf[](ACCOUNTS);
        int256 credit;
        for (uint256 i; i < ACCOUNTS; ++i) {
            Book storage b = books[i];
            int256 balance = b.balance + int256(uint256(b.fresh) * UNIT);
            if (i == SUPPLIER_BOOK) balance -= credit;
            if (balance < 0) {
                if (i == SUPPLIER_BOOK) return (list, false);
                credit -= balance;
                balance = 0;
            }
            list[i] = leafOf(b.member, b.payout, b.energy, b.released, uint64(uint256(balance)));
        }
        return (list, true);
    }

    function keep(uint64 number, BalanceLeaf.Leaf[] memory list) internal {
        delete leaves[number];
        for (uint256 i; i < ACCOUNTS; ++i) {
            leaves[number].push(encode(list[i]));
            books[i].balance += int256(uint256(books[i].fresh) * UNIT);
            books[i].fresh = 0;
        }
    }

    function decode(bytes calldata b) external pure returns (BalanceLeaf.Leaf memory) {
        return BalanceLeaf.decode(b);
    }

    function leafAt(uint64 number, uint256 i) internal view returns (BalanceLeaf.Leaf memory) {
        return this.decode(leaves[number][i]);
    }

    function proofAt(uint64 number, uint256 i) internal view returns (bytes32[] memory) {
        BalanceLeaf.Leaf[] memory list = new BalanceLeaf.Leaf[](ACCOUNTS);
        for (uint256 j; j < ACCOUNTS; ++j) {
            list[j] = leafAt(number, j);
        }
        return proofOf(list, i);
    }

    /// @dev The number of the newest payable root, 0 if there is none.
    function newestPayable() internal view returns (uint64 number) {
        number = hub.purseOf(ZONE).last;
        while (number != 0 && !hub.isPayable(ZONE, number)) --number;
    }

    function note(bool ok, string memory what) internal {
        if (!ok && bytes(broken).length == 0) broken = what;
    }

    /// @dev One leaf over the whole export, so that it can be retired.
    function attestation(uint64 interval, uint32 run, uint64 exported) internal pure returns (bytes memory) {
        AttestationReport.Report memory r = report(START + interval * QUARTER, exported);
        (r.run, r.meters) = (run, 1);
        r.root = keccak256(bytes.concat(keccak256(roof(exported))));
        return encode(r);
    }

    function roof(uint64 exported) internal pure returns (bytes memory) {
        return bytes.concat(bytes32("roof"), bytes8(0), bytes8(exported), bytes8(START), bytes1(0x01), bytes32(0));
    }

    /// @dev Enters the energy of a new run: somebody's more, or everybody's less.
    function enter(uint64 interval, uint64 exported, uint256 who) internal {
        uint64 before = exports[interval];
        (exports[interval], attested) = (exported, attested - before + exported);
        if (exported > before) {
            books[who % ACCOUNTS].energy += exported - before;
            return;
        }
        uint64 less = before - exported;
        for (uint256 i; i < ACCOUNTS; ++i) {
            Book storage b = books[(who + i) % ACCOUNTS];
            uint64 taken = less < b.energy ? less : b.energy;
            b.energy -= taken;
            less -= taken;
        }
    }
}
