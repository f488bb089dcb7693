// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Crowd} from "./Crowd.sol";

contract InvariantsTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

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
}
