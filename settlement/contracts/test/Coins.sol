// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev A token of any number of decimals that may take a fee on the way.
contract Coin is ERC20 {
    uint8 private immutable DECIMALS;
    uint256 private immutable FEE;

    constructor(uint8 decimals_, uint256 fee) ERC20("Coin", "COIN") {
        (DECIMALS, FEE) = (decimals_, fee);
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function decimals() public view override returns (uint8) {
        return DECIMALS;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0) && to != address(0) && FEE != 0) _burn(to, FEE);
    }
}

/// @dev A token that calls somebody during every transfer.
contract Caller is ERC20 {
    address private target;
    bytes private message;
    bool public answered; // that call was carried out
    bytes public answer;

    constructor() ERC20("Caller", "CALL") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function prepare(address target_, bytes calldata message_) external {
        (target, message) = (target_, message_);
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (from != address(0) && target != address(0)) {
            (address called, bytes memory m) = (target, message);
            target = address(0); // once
            (answered, answer) = called.call(m);
        }
        super._update(from, to, amount);
    }
}
