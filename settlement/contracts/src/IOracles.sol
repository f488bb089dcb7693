// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Whose signatures count
/// @notice A group of n oracles, of which up to f may be faulty; f+1 signatures make a statement true. Who administers
/// what is in the roles of OpenZeppelin's AccessControl, with one admin whose power moves in two steps and after a delay
/// (AccessControlDefaultAdminRules). There is no way to replace the code.
///
/// In production the admin is an OpenZeppelin TimelockController, which alone holds CONFIGURATOR: whoever sets the
/// oracles decides over the money, so the timelock's delay must be longer than IEscrow.exitDelay. Then everybody who does
/// not trust the next oracles can leave before they count.
interface IOracles {
    /// @notice From now on only these oracles count.
    event OraclesChanged(bytes32 indexed configDigest, address[] signers, uint8 faulty);

    /// @notice Up to 31 oracles of which fewer than a third may be faulty make a group.
    error InvalidGroup(uint256 signers, uint8 faulty);
    /// @notice The address is zero or stands twice in the list.
    error InvalidSigner(address signer);
    /// @notice The report was signed under another configuration than the current one.
    error OtherConfig(bytes32 configDigest, bytes32 current);
    /// @notice Exactly `expected` bytes of signatures are needed: 65 for each of f+1 oracles.
    error SignaturesSize(uint256 size, uint256 expected);
    /// @notice The signature at `index` is not r, s in the lower half, and v as 0 or 1.
    error MalformedSignature(uint256 index);
    /// @notice The signer is not one of the current oracles.
    error UnknownSigner(address signer);
    /// @notice An oracle's signature counts once.
    error RepeatedSigner(address signer);

    /// @notice Replaces the oracles. Reports signed under an older configuration are refused from then on. Only for
    /// CONFIGURATOR.
    /// @param configDigest names the configuration, the chain and the contract that holds it: a signature for one
    /// deployment is worth nothing in another
    /// @param signers addresses of the oracles' signing keys
    /// @param faulty f, how many of them may be faulty; 3f < number of signers
    function setOracles(bytes32 configDigest, address[] calldata signers, uint8 faulty) external;

    /// @notice The role that sets the oracles.
    function CONFIGURATOR() external view returns (bytes32);

    /// @notice The oracles that count now.
    function quorum() external view returns (bytes32 configDigest, address[] memory signers, uint8 faulty);
}
