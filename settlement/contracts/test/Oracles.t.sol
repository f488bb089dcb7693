// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOracles} from "../src/IOracles.sol";
import {Street} from "./Street.sol";

contract OraclesTest is Street {
    function setUp() public {
        open(0);
    }

    function testSignatureCount() public {
        bytes memory b = encode(report(START, 1));
        bytes32 hash = signingHash(b, DIGEST, 1);
        bytes memory one = signature(keys[0], hash);
        bytes memory three = bytes.concat(one, signature(keys[1], hash), signature(keys[2], hash));
        refuse(b, one, abi.encodeWithSelector(IOracles.SignaturesSize.selector, 65, 130));
        refuse(b, three, abi.encodeWithSelector(IOracles.SignaturesSize.selector, 195, 130));
        refuse(b, "", abi.encodeWithSelector(IOracles.SignaturesSize.selector, 0, 130));
    }

    function testSigners() public {
        bytes memory b = encode(report(START, 1));
        bytes32 hash = signingHash(b, DIGEST, 1);
        bytes memory one = signature(keys[1], hash);
        refuse(b, bytes.concat(one, one), abi.encodeWithSelector(IOracles.RepeatedSigner.selector, VM.addr(keys[1])));
        bytes memory stranger = bytes.concat(one, signature(99, hash));
        refuse(b, stranger, abi.encodeWithSelector(IOracles.UnknownSigner.selector, VM.addr(99)));
    }

    function testMalformedSignatures() public {
        bytes memory b = encode(report(START, 1));
        bytes32 hash = signingHash(b, DIGEST, 1);
        bytes memory one = signature(keys[1], hash);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(keys[0], hash);
        bytes memory reason = abi.encodeWithSelector(IOracles.MalformedSignature.selector, 1);
        refuse(b, bytes.concat(one, r, s, bytes1(v)), reason);
        refuse(b, bytes.concat(one, bytes32(0), bytes32(0), bytes1(0)), reason);
        // The same signature in its other form.
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        refuse(b, bytes.concat(one, r, bytes32(order - uint256(s)), bytes1(28 - v)), reason);
    }

    function testConfigMustBeTheCurrentOne() public {
        bytes memory b = encode(report(START, 1));
        bytes memory signatures = signed(b);
        hub.setOracles(hex"02", oracles(4), 1);
        refuse(b, signatures, abi.encodeWithSelector(IOracles.OtherConfig.selector, DIGEST, bytes32(hex"02")));
    }

    function testReplacedOraclesNoLongerCount() public {
        address[] memory others = new address[](1);
        others[0] = VM.addr(99);
        hub.setOracles(DIGEST, others, 0);
        (bytes32 digest, address[] memory signers, uint8 faulty) = hub.quorum();
        equal(digest, DIGEST, "digest");
        equal(signers.length, 1, "signers");
        equal(faulty, 0, "faulty");
        bytes memory b = encode(report(START, 1));
        bytes32 hash = signingHash(b, DIGEST, 1);
        refuse(b, signature(keys[0], hash), abi.encodeWithSelector(IOracles.UnknownSigner.selector, VM.addr(keys[0])));
        hub.post(b, DIGEST, 1, signature(99, hash));
    }

    function testGroups() public {
        VM.expectRevert(abi.encodeWithSelector(IOracles.InvalidGroup.selector, 3, 1));
        hub.setOracles(DIGEST, oracles(3), 1);
        VM.expectRevert(abi.encodeWithSelector(IOracles.InvalidGroup.selector, 32, 1));
        hub.setOracles(DIGEST, oracles(32), 1);
        VM.expectRevert(abi.encodeWithSelector(IOracles.InvalidGroup.selector, 0, 0));
        hub.setOracles(DIGEST, oracles(0), 0);
        VM.expectRevert(abi.encodeWithSelector(IOracles.InvalidGroup.selector, 31, 255));
        hub.setOracles(DIGEST, oracles(31), 255);
        address[] memory list = oracles(4);
        list[3] = list[0];
        VM.expectRevert(abi.encodeWithSelector(IOracles.InvalidSigner.selector, list[0]));
        hub.setOracles(DIGEST, list, 1);
        list[3] = address(0);
        VM.expectRevert(abi.encodeWithSelector(IOracles.InvalidSigner.selector, address(0)));
        hub.setOracles(DIGEST, list, 1);
        hub.setOracles(DIGEST, oracles(31), 10);
        bytes memory b = encode(report(START, 1));
        bytes32 hash = signingHash(b, DIGEST, 1);
        bytes memory signatures;
        for (uint256 i; i < 11; ++i) {
            signatures = bytes.concat(signatures, signature(41 - i, hash));
        }
        hub.post(b, DIGEST, 1, signatures);
    }
}
