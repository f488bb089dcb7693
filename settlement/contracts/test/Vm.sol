// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev The part of forge's test machine that these tests use.
interface Vm {
    function addr(uint256 key) external pure returns (address);
    function assume(bool condition) external pure;
    function deployCode(string calldata artifact, bytes calldata arguments) external returns (address);
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data) external;
    function expectRevert(bytes calldata reason) external;
    function expectRevert() external;
    function mockCall(address called, bytes calldata data, bytes calldata answer) external;
    function parseBytes(string calldata hexadecimal) external pure returns (bytes memory);
    function parseJsonAddressArray(string calldata json, string calldata key) external pure returns (address[] memory);
    function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory);
    function parseJsonBytesArray(string calldata json, string calldata key) external pure returns (bytes[] memory);
    function parseJsonBytes32(string calldata json, string calldata key) external pure returns (bytes32);
    function parseJsonBytes32Array(string calldata json, string calldata key) external pure returns (bytes32[] memory);
    function parseJsonUint(string calldata json, string calldata key) external pure returns (uint256);
    function prank(address caller) external;
    function roll(uint256 number) external;
    function snapshotGasLastCall(string calldata name) external returns (uint256);
    function split(string calldata text, string calldata separator) external pure returns (string[] memory);
    function trim(string calldata text) external pure returns (string memory);
    function warp(uint256 time) external;
    function readFile(string calldata path) external view returns (string memory);
    function sign(uint256 key, bytes32 hash) external pure returns (uint8 v, bytes32 r, bytes32 s);
}
