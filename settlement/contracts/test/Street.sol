// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AttestationReport} from "../src/AttestationReport.sol";
import {EnergyToken} from "../src/EnergyToken.sol";
import {Hub} from "../src/Hub.sol";
import {IntervalStart, WattHours, Watts, Zone} from "../src/Names.sol";
import {TestEuro} from "../src/TestEuro.sol";
import {Vm} from "./Vm.sol";

/// @dev A zone of 60 kW, four oracles of which one may be faulty, and reports that they sign.
abstract contract Street {
    Vm internal constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    Zone internal constant ZONE = Zone.wrap("street");
    bytes32 internal constant DIGEST = hex"000e01";
    uint64 internal constant NAMEPLATE = 60_000;
    uint64 internal constant START = 1_781_769_600; // 2026-06-18T08:00Z
    uint32 internal constant QUARTER = 900;
    /// @dev 60 kW for a quarter of an hour, and 5 %.
    uint64 internal constant QUARTER_WH = 15_750;
    uint256[4] internal keys = [uint256(11), 12, 13, 14];

    Hub internal hub;
    EnergyToken internal token;
    TestEuro internal euro;

    /// @dev The tests' contract is the admin and has every role.
    /// @dev Number of the block, which the compiler would take for a constant of each function.
    uint256 internal height = 1_000;

    function open(uint32 challengeWindow) internal {
        VM.warp(START);
        VM.roll(height);
        euro = new TestEuro();
        hub = newHub(address(euro), challengeWindow);
        token = EnergyToken(hub.token());
        hub.registerZone(ZONE, Watts.wrap(NAMEPLATE));
        hub.setOracles(DIGEST, oracles(4), 1);
    }

    /// @dev From its artifact: with `new` every test's contract would be compiled with the hub's code in it.
    function newHub(address money, uint32 challengeWindow) internal returns (Hub) {
        return Hub(VM.deployCode("Hub.sol:Hub", abi.encode(money, challengeWindow, address(this), 2 days)));
    }

    function oracles(uint256 n) internal pure returns (address[] memory list) {
        list = new address[](n);
        for (uint256 i; i < n; ++i) {
            list[i] = VM.addr(11 + i);
        }
    }

    function report(uint64 start, uint64 exported) internal pure returns (AttestationReport.Report memory) {
        return AttestationReport.Report({
            zone: ZONE,
            start: IntervalStart.wrap(start),
            length: QUARTER,
            run: 0,
            root: keccak256(abi.encode(start)),
            meters: 12,
            exported: WattHours.wrap(exported),
            imported: WattHours.wrap(4_000)
        });
    }

    function encode(AttestationReport.Report memory r) internal pure returns (bytes memory) {
        return bytes.concat(
            bytes32("wattle/attestation/1"),
            Zone.unwrap(r.zone),
            bytes8(IntervalStart.unwrap(r.start)),
            bytes4(r.length),
            bytes4(r.run),
            r.root,
            bytes4(r.meters),
            bytes8(WattHours.unwrap(r.exported)),
            bytes8(WattHours.unwrap(r.imported))
        );
    }

    function signingHash(bytes memory b, bytes32 digest, uint64 sequence) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(b), digest, bytes32(uint256(sequence))));
    }

    function signature(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, hash);
        return bytes.concat(r, s, bytes1(v - 27));
    }

    function signed(bytes memory b) internal view returns (bytes memory) {
        bytes32 hash = signingHash(b, DIGEST, 1);
        return bytes.concat(signature(keys[2], hash), signature(keys[0], hash));
    }

    function post(bytes memory b) internal {
        hub.post(b, DIGEST, 1, signed(b));
    }

    function post(uint64 start, uint64 exported) internal {
        post(encode(report(start, exported)));
    }

    /// @dev A correction of the interval.
    function post(uint64 start, uint32 run, uint64 exported) internal {
        AttestationReport.Report memory r = report(start, exported);
        r.run = run;
        post(encode(r));
    }

    function refuse(AttestationReport.Report memory r, bytes memory reason) internal {
        bytes memory b = encode(r);
        refuse(b, signed(b), reason);
    }

    function refuse(bytes memory b, bytes memory signatures, bytes memory reason) internal {
        uint256 before = token.totalSupply();
        VM.expectRevert(reason);
        hub.post(b, DIGEST, 1, signatures);
        equal(token.totalSupply(), before, "supply after a refusal");
    }

    function equal(uint256 got, uint256 want, string memory what) internal pure {
        require(got == want, what);
    }

    function equal(bytes32 got, bytes32 want, string memory what) internal pure {
        require(got == want, what);
    }
}
