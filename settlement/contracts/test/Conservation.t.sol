// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AttestationReport} from "../src/AttestationReport.sol";
import {WattHours} from "../src/Names.sol";
import {EnergyToken} from "../src/EnergyToken.sol";
import {Hub} from "../src/Hub.sol";
import {Street} from "./Street.sol";

/// @dev Posts whatever the oracles would sign, in any order, and keeps its own account of what was accepted.
contract Poster is Street {
    uint256 public accepted; // Wh
    uint64 public first; // start of the first interval accepted
    uint64 public last; // newest end accepted
    bool private any;

    constructor() {
        open(0);
    }

    function target() external view returns (Hub, EnergyToken) {
        return (hub, token);
    }

    function bound() external view returns (uint256) {
        return uint256(NAMEPLATE) * (last - first) * 105 / (3600 * 100);
    }

    function step(uint16 slot, uint8 pick, uint32 exported) external {
        uint32[3] memory lengths = [uint32(300), 900, 3600];
        uint32 length = lengths[pick % 3];
        AttestationReport.Report memory r = report(START + uint64(slot % 16) * length, exported % (4 * QUARTER_WH));
        r.length = length;
        bytes memory b = encode(r);
        uint64 start = START + uint64(slot % 16) * length;
        try hub.post(b, DIGEST, 1, signed(b)) {
            accepted += WattHours.unwrap(r.exported);
            if (!any) (any, first) = (true, start);
            if (start + length > last) last = start + length;
        } catch {}
    }
}

contract ConservationTest {
    Poster private poster;

    function setUp() public {
        poster = new Poster();
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(poster);
    }

    function invariant_everyTokenIsAnAttestedWattHour() public view {
        (Hub hub, EnergyToken token) = poster.target();
        require(token.totalSupply() == poster.accepted(), "supply is not what was posted");
        require(token.balanceOf(address(hub)) == poster.accepted(), "the hub does not hold the supply");
    }

    function invariant_neverMoreThanTheNameplate() public view {
        require(poster.accepted() <= poster.bound(), "more than the zone could have produced");
    }
}
