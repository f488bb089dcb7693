// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Escrow} from "./Escrow.sol";
import {IHub} from "./IHub.sol";

/// @title The hub of all zones
/// @notice See IHub.
contract Hub is IHub, Escrow {
    /// @param money a stable token with at most nine decimals, which takes no fee and does not change balances
    /// @param challengeWindow how long a settlement root can be revoked before it is payable, seconds, at most 7 days
    /// @param admin begins with every role, which it could give to itself anyway. Whoever deploys for production sets the
    /// hub up, gives the roles to their holders and renounces its own, and hands the admin over to a timelock.
    /// @param adminDelay seconds between the two steps in which the admin changes
    constructor(IERC20Metadata money, uint32 challengeWindow, address admin, uint48 adminDelay)
        AccessControlDefaultAdminRules(adminDelay, admin)
        Escrow(money, challengeWindow)
    {
        _grantRole(CONFIGURATOR, admin);
        _grantRole(REGISTRAR, admin);
        _grantRole(GUARDIAN, admin);
    }
}
