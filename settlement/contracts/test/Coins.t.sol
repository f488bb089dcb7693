// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {BalanceLeaf} from "../src/BalanceLeaf.sol";
import {EnergyToken} from "../src/EnergyToken.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {Watts} from "../src/Names.sol";
import {Caller, Coin} from "./Coins.sol";
import {Town} from "./Town.sol";

/// @dev Money that is not as it should be.
contract CoinsTest is Town {
    /// @dev A hub over another money than the test euro.
    function openWith(address money) private {
        open(0);
        hub = newHub(money, 0);
        token = EnergyToken(hub.token());
        hub.registerZone(ZONE, Watts.wrap(NAMEPLATE));
        hub.setOracles(DIGEST, oracles(4), 1);
        post(START, 9_000);
    }

    function testDecimals() public {
        for (uint8 d; d <= 9; ++d) {
            Coin coin = new Coin(d, 0);
            openWith(address(coin));
            require(hub.money() == address(coin), "money");
            coin.mint(address(this), 10 ** (d + 1));
            coin.approve(address(hub), 10 ** (d + 1));
            hub.deposit(ZONE, ANNA, 10 ** (d + 1));
            settle(leafOf(ANNA, ANNAS, 0, 7 * NANO, 3 * NANO));
            hub.claim(1, encode(leafOf(ANNA, ANNAS, 0, 7 * NANO, 3 * NANO)), new bytes32[](0));
            equal(coin.balanceOf(ANNAS), 7 * 10 ** d, "paid");
        }
    }

    function testRefusedAtTheStart() public {
        open(0);
        address coin = address(new Coin(10, 0));
        VM.expectRevert(abi.encodeWithSelector(IEscrow.InvalidMoney.selector, coin, 10));
        this.found(coin, 0);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.InvalidWindow.selector, 7 days + 1));
        this.found(address(euro), 7 days + 1);
        VM.expectRevert();
        this.found(address(7), 0);
        this.found(address(euro), 7 days);
    }

    function found(address money, uint32 challengeWindow) external {
        newHub(money, challengeWindow);
    }

    function testFeeOnTheWay() public {
        Coin coin = new Coin(6, 3);
        openWith(address(coin));
        coin.mint(address(this), 100);
        coin.approve(address(hub), 100);
        VM.expectRevert(abi.encodeWithSelector(IEscrow.IncompleteTransfer.selector, 100, 97));
        hub.deposit(ZONE, ANNA, 100);
        equal(hub.purseOf(ZONE).deposited, 0, "deposited");
    }

    /// @dev Whatever the money calls during a transfer, nobody is paid or credited twice.
    function testReentrantMoney() public {
        Caller coin = new Caller();
        // It has 18 decimals, so a hub does not take it; six are what it says here.
        VM.mockCall(address(coin), abi.encodeWithSignature("decimals()"), abi.encode(6));
        openWith(address(coin));
        BalanceLeaf.Leaf memory l = leafOf(ANNA, address(coin), 500, 40 * NANO, 60 * NANO);
        coin.mint(address(this), 200 * EURO);
        coin.approve(address(hub), 200 * EURO);
        bytes[5] memory calls = [
            abi.encodeCall(hub.deposit, (ZONE, ANNA, 1)),
            abi.encodeCall(hub.depositWithPermit, (ZONE, ANNA, 1, 0, 0, 0, 0)),
            abi.encodeCall(hub.claim, (1, encode(l), new bytes32[](0))),
            abi.encodeCall(hub.forceExit, (1, encode(l), new bytes32[](0))),
            abi.encodeCall(hub.reclaim, (ZONE, ANNA, 1))
        ];
        for (uint256 i; i < calls.length; ++i) {
            coin.prepare(address(hub), calls[i]);
            hub.deposit(ZONE, ANNA, 20 * EURO);
            refused(coin);
        }
        settle(l);
        coin.prepare(address(hub), calls[2]);
        hub.claim(1, encode(l), new bytes32[](0));
        refused(coin);
        equal(coin.balanceOf(address(coin)), 40 * EURO, "claimed once");
        VM.warp(START + 7 days);
        coin.prepare(address(hub), calls[3]);
        hub.forceExit(1, encode(l), new bytes32[](0));
        refused(coin);
        equal(coin.balanceOf(address(coin)), 100 * EURO, "exited once");
        equal(token.balanceOf(address(coin)), 500, "tokens once");
        VM.roll(height = 2_000);
        hub.deposit(ZONE, NOBODY, 20 * EURO);
        VM.warp(START + 14 days);
        coin.prepare(address(hub), abi.encodeCall(hub.reclaim, (ZONE, NOBODY, 2_000)));
        hub.reclaim(ZONE, NOBODY, 2_000);
        refused(coin);
        equal(coin.balanceOf(address(hub)), 0, "nothing is left, and nothing was missing");
    }

    function refused(Caller coin) private view {
        require(!coin.answered(), "came in twice");
        equal(
            keccak256(coin.answer()),
            keccak256(abi.encodeWithSelector(ReentrancyGuard.ReentrancyGuardReentrantCall.selector)),
            "refused for another reason"
        );
    }
}
