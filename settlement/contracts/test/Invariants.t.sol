// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Crowd} from "./Crowd.sol";

contract InvariantsTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    event Reached(bytes32 step, uint256 times);

    Crowd private crowd;

    function setUp() public {
        crowd = new Crowd();
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(crowd);
    }

    function excludeSelectors() external view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0] = FuzzSelector(address(crowd), new bytes4[](1));
        list[0].selectors[0] = crowd.check.selector;
    }

    /// @dev One function: each would be played for itself.
    function invariant_everyoneGetsWhatIsHers() public {
        crowd.check();
        require(bytes(crowd.broken()).length == 0, crowd.broken());
    }

    /// @dev Walks long enough to see that the steps are not refused all the time.
    function testStepsAreCarriedOut() public {
        bytes32[11] memory steps = [
            bytes32("deposit"),
            "reclaim",
            "attest",
            "correct",
            "retire",
            "settle",
            "revoke",
            "claim",
            "exit",
            "silent exit",
            "debt"
        ];
        uint256[11] memory reached;
        for (uint256 walk; walk < 16; ++walk) {
            crowd = new Crowd();
            for (uint256 i; i < 300; ++i) {
                uint256 r = uint256(keccak256(abi.encode(walk, i)));
                step(r % 16, uint8(r >> 8), uint8(r >> 16), uint32(r >> 24));
                if (i % 8 == 0) crowd.check();
            }
            for (uint256 i; i < steps.length; ++i) {
                reached[i] += crowd.reached(steps[i]);
            }
            require(bytes(crowd.broken()).length == 0, crowd.broken());
        }
        for (uint256 i; i < steps.length; ++i) {
            emit Reached(steps[i], reached[i]);
            require(reached[i] != 0, string(abi.encodePacked(steps[i])));
        }
    }

    function step(uint256 which, uint8 a, uint8 b, uint32 n) private {
        if (which == 0) crowd.pass(a);
        if (which == 1) crowd.deposit(a, n);
        if (which == 2) crowd.reclaim(a, b);
        if (which == 3) crowd.trade(a, b, uint64(n) << 16);
        if (which == 4) crowd.release(a, uint64(n) << 16);
        if (which == 5) crowd.attest(uint16(n), a);
        if (which == 6) crowd.correct(a, uint16(n), b);
        if (which == 7) crowd.repost(uint16(n));
        if (which == 8) crowd.retire(a, uint16(n) % 2_000);
        if (which == 9) crowd.settle();
        if (which == 10) crowd.resettle();
        if (which == 11) crowd.revoke(a);
        if (which == 12) crowd.claim(a, b);
        if (which == 13) crowd.ask(a);
        if (which == 14) crowd.exit(a, b);
        if (which == 15) crowd.settle();
    }
}
