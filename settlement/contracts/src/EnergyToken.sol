// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title Energy as a token
/// @notice One base unit is one Wh that a quorum of oracles attested; wallets show kWh with three decimals. Only the
/// contract that created the token mints and burns, and nobody can change that.
contract EnergyToken is ERC20, ERC20Permit {
    address private immutable HUB;

    /// @notice The caller is not the hub.
    error NotHub(address caller);

    constructor() ERC20("Wattle Energy", "kWh") ERC20Permit("Wattle Energy") {
        HUB = msg.sender;
    }

    /// @notice Creates `amount` Wh for `to`. Only for the hub.
    function mint(address to, uint256 amount) external {
        if (msg.sender != HUB) revert NotHub(msg.sender);
        _mint(to, amount);
    }

    /// @notice Destroys `amount` Wh of `from`. Only for the hub, which burns its own and those of its caller.
    function burn(address from, uint256 amount) external {
        if (msg.sender != HUB) revert NotHub(msg.sender);
        _burn(from, amount);
    }

    /// @notice The only contract that may mint and burn.
    function hub() external view returns (address) {
        return HUB;
    }

    /// @inheritdoc ERC20
    function decimals() public pure override returns (uint8) {
        return 3;
    }
}
