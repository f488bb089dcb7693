// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Watts} from "../src/Names.sol";
import {Street} from "./Street.sol";

/// @dev Who may do what, and how the admin changes.
contract RolesTest is Street {
    bytes32 private constant ADMIN = 0;
    address private constant STRANGER = address(7);
    bytes32[4] private roles;

    function setUp() public {
        open(1 hours);
        roles = [ADMIN, hub.REGISTRAR(), hub.CONFIGURATOR(), hub.GUARDIAN()];
    }

    /// @dev Everything that needs a role, and which one: each is refused to holders of all others.
    function testMatrix() public {
        bytes[7] memory calls = [
            abi.encodeCall(hub.registerZone, (ZONE, Watts.wrap(5))),
            abi.encodeCall(hub.setOracles, (DIGEST, oracles(4), 1)),
            abi.encodeCall(hub.pause, ()),
            abi.encodeCall(hub.unpause, ()),
            abi.encodeCall(hub.revoke, (ZONE, 1, "reason")),
            abi.encodeCall(hub.grantRole, (roles[1], STRANGER)),
            abi.encodeCall(hub.beginDefaultAdminTransfer, (STRANGER))
        ];
        bytes32[7] memory needed = [roles[1], roles[2], roles[3], roles[3], roles[3], ADMIN, ADMIN];
        for (uint256 i; i < roles.length; ++i) {
            address holder = address(uint160(100 + i));
            if (i != 0) hub.grantRole(roles[i], holder);
            for (uint256 j; j < calls.length; ++j) {
                if (needed[j] == roles[i]) continue;
                VM.prank(holder);
                (bool ok, bytes memory answer) = address(hub).call(calls[j]);
                require(!ok, "done without the role");
                bytes memory want =
                    abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, holder, needed[j]);
                equal(keccak256(answer), keccak256(want), "refused for another reason");
            }
        }
    }

    function testRolesAreEnough() public {
        for (uint256 i = 1; i < roles.length; ++i) {
            hub.grantRole(roles[i], address(uint160(100 + i)));
        }
        VM.prank(address(101));
        hub.registerZone(ZONE, Watts.wrap(5));
        VM.prank(address(102));
        hub.setOracles(DIGEST, oracles(4), 1);
        VM.prank(address(103));
        hub.pause();
        VM.prank(address(103));
        hub.unpause();
    }

    function testRolesAreTakenBack() public {
        hub.grantRole(roles[1], STRANGER);
        hub.revokeRole(roles[1], STRANGER);
        VM.prank(STRANGER);
        VM.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, STRANGER, roles[1])
        );
        hub.registerZone(ZONE, Watts.wrap(1));
    }

    function testAdminChangesInTwoStepsAndLate() public {
        VM.expectRevert(
            abi.encodeWithSelector(IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminRules.selector)
        );
        hub.grantRole(ADMIN, STRANGER);
        hub.beginDefaultAdminTransfer(STRANGER);
        VM.warp(block.timestamp + 2 days);
        VM.prank(STRANGER);
        VM.expectRevert();
        hub.acceptDefaultAdminTransfer();
        VM.warp(block.timestamp + 1);
        VM.prank(address(8));
        VM.expectRevert();
        hub.acceptDefaultAdminTransfer();
        VM.prank(STRANGER);
        hub.acceptDefaultAdminTransfer();
        require(hub.defaultAdmin() == STRANGER, "admin");
        VM.expectRevert();
        hub.grantRole(roles[1], address(9));
    }

    /// @dev The way of production: the admin is a timelock, and nobody else can set the oracles.
    function testTimelock() public {
        TimelockController lock = timelock(14 days);
        hub.grantRole(roles[2], address(lock));
        hub.beginDefaultAdminTransfer(address(lock));
        for (uint256 i = 1; i < roles.length; ++i) {
            hub.renounceRole(roles[i], address(this));
        }
        VM.warp(block.timestamp + 2 days + 1);
        through(lock, abi.encodeCall(hub.acceptDefaultAdminTransfer, ()), 14 days);
        require(hub.defaultAdmin() == address(lock), "admin");
        require(lock.getMinDelay() > hub.exitDelay(), "members can leave before other oracles count");

        VM.expectRevert();
        hub.setOracles(hex"02", oracles(7), 2);
        bytes memory change = abi.encodeCall(hub.setOracles, (hex"02", oracles(7), 2));
        VM.expectRevert();
        lock.schedule(address(hub), 0, change, 0, 0, 14 days - 1);
        through(lock, change, 14 days);
        (bytes32 digest,,) = hub.quorum();
        equal(digest, hex"02", "digest");
        through(lock, abi.encodeCall(hub.grantRole, (roles[3], STRANGER)), 14 days);
        VM.prank(STRANGER);
        hub.pause();
    }

    function timelock(uint256 delay) private returns (TimelockController) {
        address[] memory self = new address[](1);
        self[0] = address(this);
        return new TimelockController(delay, self, self, address(0));
    }

    function through(TimelockController lock, bytes memory change, uint256 delay) private {
        lock.schedule(address(hub), 0, change, 0, 0, delay);
        VM.expectRevert();
        lock.execute(address(hub), 0, change, 0, 0);
        VM.warp(block.timestamp + delay);
        lock.execute(address(hub), 0, change, 0, 0);
    }
}
