// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BalanceLeaf} from "../src/BalanceLeaf.sol";
import {IntervalStart, Kind, Member, Nano, WattHours, Zone} from "../src/Names.sol";
import {SettlementReport} from "../src/SettlementReport.sol";
import {Town} from "./Town.sol";

/// @dev The decoders of roots and leaves read back what was written, and refuse everything else.
contract FuzzMoneyTest is Town {
    function setUp() public {
        open(0);
    }

    function decodeReport(bytes calldata b) external pure returns (SettlementReport.Report memory) {
        return SettlementReport.decode(b);
    }

    function decodeLeaf(bytes calldata b) external pure returns (BalanceLeaf.Leaf memory) {
        return BalanceLeaf.decode(b);
    }

    function testReportIsReadBack(bytes32[2] memory words, uint32 slot, uint32[2] memory small, uint64[5] memory large)
        public
        view
    {
        uint64 owed = large[3] >> 1;
        SettlementReport.Report memory want = SettlementReport.Report({
            zone: Zone.wrap(words[0]),
            start: IntervalStart.wrap(uint64(slot % 70_000_000) * 900),
            length: 900,
            run: small[0],
            root: words[1],
            number: large[0],
            countedTo: large[1],
            members: small[1],
            energy: WattHours.wrap(large[2] >> 1),
            released: Nano.wrap(owed == 0 ? 0 : large[4] % owed),
            owed: Nano.wrap(owed)
        });
        SettlementReport.Report memory got = this.decodeReport(encode(want));
        equal(keccak256(abi.encode(got)), keccak256(abi.encode(want)), "report");
    }

    function testLeafIsReadBack(bytes32[2] memory words, uint8 kind, address payout, uint64[3] memory n) public view {
        BalanceLeaf.Leaf memory want = BalanceLeaf.Leaf({
            zone: Zone.wrap(words[0]),
            kind: Kind.wrap(kind),
            member: Member.wrap(words[1]),
            payout: payout,
            energy: WattHours.wrap(n[0] >> 1),
            released: Nano.wrap(n[1] >> 1),
            balance: Nano.wrap(n[2] >> 1)
        });
        BalanceLeaf.Leaf memory got = this.decodeLeaf(encode(want));
        equal(keccak256(abi.encode(got)), keccak256(abi.encode(want)), "leaf");
    }

    function testOtherSizesAreRefused(bytes calldata b) public {
        if (b.length != 156) {
            VM.expectRevert(abi.encodeWithSelector(SettlementReport.SettlementSize.selector, b.length));
            this.decodeReport(b);
        }
        if (b.length != 125) {
            VM.expectRevert(abi.encodeWithSelector(BalanceLeaf.BalanceSize.selector, b.length));
            this.decodeLeaf(b);
        }
    }

    function testOtherDomainsAreRefused(bytes32 domain) public {
        VM.assume(domain != "wattle/settlement/1" && bytes16(domain) != "wattle/balance/1");
        BalanceLeaf.Leaf memory l = leafOf(ANNA, ANNAS, 1, 2, 3);
        bytes memory b = encode(settlement(list(l)));
        bytes memory leaf = encode(l);
        for (uint256 i; i < 32; ++i) {
            b[i] = domain[i];
            if (i < 16) leaf[i] = domain[i];
        }
        VM.expectRevert(abi.encodeWithSelector(SettlementReport.SettlementDomain.selector, domain));
        this.decodeReport(b);
        VM.expectRevert(abi.encodeWithSelector(BalanceLeaf.BalanceDomain.selector, bytes16(domain)));
        this.decodeLeaf(leaf);
    }

    function testOtherIntervalsAreRefused(uint64 start, uint32 length) public {
        bool known = length == 60 || length == 300 || length == 900 || length == 1800 || length == 3600;
        VM.assume(!known || start % length != 0 || start > 253402300800 - length);
        SettlementReport.Report memory r = settlement(list(leafOf(ANNA, ANNAS, 1, 2, 3)));
        (r.start, r.length) = (IntervalStart.wrap(start), length);
        bytes memory b = encode(r);
        VM.expectRevert(abi.encodeWithSelector(SettlementReport.SettlementInterval.selector, start, length));
        this.decodeReport(b);
    }

    function testNumbersThatDoNotFitAreRefused(uint64 a, uint64 b, uint64 c) public {
        if ((a | b | c) >> 63 == 1) {
            bytes memory leaf = encode(leafOf(ANNA, ANNAS, a, b, c));
            VM.expectRevert(abi.encodeWithSelector(BalanceLeaf.BalanceRange.selector, a, b, c));
            this.decodeLeaf(leaf);
        }
        if ((a | c) >> 63 == 1 || b > c) {
            SettlementReport.Report memory r = settlement(list(leafOf(ANNA, ANNAS, 1, 2, 3)));
            (r.energy, r.released, r.owed) = (WattHours.wrap(a), Nano.wrap(b), Nano.wrap(c));
            bytes memory report_ = encode(r);
            VM.expectRevert(abi.encodeWithSelector(SettlementReport.SettlementTotals.selector, a, b, c));
            this.decodeReport(report_);
        }
    }

    /// @dev No bit of a root can be changed after it was signed.
    function testEveryBitIsSigned(uint16 bit) public {
        post(START, 5);
        deposit(ANNA, ANNAS, 1);
        bytes memory b = encode(settlement(list(leafOf(ANNA, ANNAS, 1, 2, 3))));
        bytes memory signatures = signed(b);
        uint256 index = uint256(bit) % (8 * b.length);
        b[index / 8] ^= bytes1(uint8(1 << (index % 8)));
        VM.expectRevert();
        hub.settle(b, DIGEST, 1, signatures);
    }
}
