// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IOracles} from "./IOracles.sol";

/// @title Whose signatures count
/// @notice See IOracles.
abstract contract Oracles is IOracles, AccessControlDefaultAdminRules {
    uint256 private constant MAX_ORACLES = 31;
    uint256 private constant SIGNATURE_SIZE = 65;

    /// @inheritdoc IOracles
    bytes32 public constant CONFIGURATOR = keccak256("CONFIGURATOR");

    bytes32 private _configDigest;
    uint8 private _faulty;
    address[] private _signers;
    mapping(address signer => uint256) private _position; // in _signers, from 1; 0 for everybody else

    /// @inheritdoc IOracles
    function setOracles(bytes32 configDigest, address[] calldata signers, uint8 faulty)
        external
        onlyRole(CONFIGURATOR)
    {
        if (signers.length > MAX_ORACLES || 3 * uint256(faulty) >= signers.length) {
            revert InvalidGroup(signers.length, faulty);
        }
        for (uint256 i; i < _signers.length; ++i) {
            delete _position[_signers[i]];
        }
        for (uint256 i; i < signers.length; ++i) {
            if (signers[i] == address(0) || _position[signers[i]] != 0) revert InvalidSigner(signers[i]);
            _position[signers[i]] = i + 1;
        }
        _configDigest = configDigest;
        _faulty = faulty;
        _signers = signers;
        emit OraclesChanged(configDigest, signers, faulty);
    }

    /// @inheritdoc IOracles
    function quorum() external view returns (bytes32 configDigest, address[] memory signers, uint8 faulty) {
        return (_configDigest, _signers, _faulty);
    }

    /// @dev The one place that decides whether a report counts; another verifier would replace it here. The signed hash
    /// is that of Chainlink's key bundles for OCR3.
    function _verify(bytes calldata report, bytes32 configDigest, uint64 sequence, bytes calldata signatures)
        internal
        view
    {
        if (configDigest != _configDigest) revert OtherConfig(configDigest, _configDigest);
        bytes32 hash = keccak256(abi.encodePacked(keccak256(report), configDigest, uint256(sequence)));
        uint256 count = uint256(_faulty) + 1;
        if (signatures.length != count * SIGNATURE_SIZE) {
            revert SignaturesSize(signatures.length, count * SIGNATURE_SIZE);
        }
        bool[MAX_ORACLES + 1] memory seen; // by position
        for (uint256 i; i < count; ++i) {
            bytes calldata b = signatures[i * SIGNATURE_SIZE:(i + 1) * SIGNATURE_SIZE];
            uint8 v = uint8(b[64]);
            if (v > 1) revert MalformedSignature(i);
            (address signer, ECDSA.RecoverError e,) =
                ECDSA.tryRecover(hash, v + 27, bytes32(b[0:32]), bytes32(b[32:64]));
            if (e != ECDSA.RecoverError.NoError) revert MalformedSignature(i);
            uint256 position = _position[signer];
            if (position == 0) revert UnknownSigner(signer);
            if (seen[position]) revert RepeatedSigner(signer);
            seen[position] = true;
        }
    }
}
