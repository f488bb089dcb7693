// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title Play money
/// @notice Stands for a stable token in demonstrations and tests. It is worth nothing: anybody makes as much as she
/// likes. It has what a real one has: six decimals, and permits (ERC-2612).
contract TestEuro is ERC20, ERC20Permit {
    constructor() ERC20("Test Euro (worth nothing)", "testEUR") ERC20Permit("Test Euro (worth nothing)") {}

    /// @notice Makes `amount` millionths of a test euro for `to`. Open to anybody.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @inheritdoc ERC20
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
