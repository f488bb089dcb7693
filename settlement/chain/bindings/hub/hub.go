// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package hub

import (
	"bytes"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Reference imports to suppress errors if they are not otherwise used.
var (
	_ = bytes.Equal
	_ = errors.New
	_ = big.NewInt
	_ = common.Big1
	_ = types.BloomLookup
	_ = abi.ConvertType
)

// IEscrowPaid is an auto generated low-level Go binding around an user-defined struct.
type IEscrowPaid struct {
	Amount uint64
	Energy uint64
	Exited bool
}

// IEscrowPurse is an auto generated low-level Go binding around an user-defined struct.
type IEscrowPurse struct {
	Last      uint64
	ExitBlock uint64
	Deposited uint64
	Withdrawn uint64
}

// IEscrowSettlement is an auto generated low-level Go binding around an user-defined struct.
type IEscrowSettlement struct {
	Root      [32]byte
	PostedAt  uint64
	CountedTo uint64
	Released  uint64
	Owed      uint64
}

// IMintStatement is an auto generated low-level Go binding around an user-defined struct.
type IMintStatement struct {
	Root     [32]byte
	Exported uint64
	Imported uint64
	Length   uint32
	Meters   uint32
	PostedIn uint64
}

// HubMetaData contains all meta data concerning the Hub contract.
var HubMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"contractIERC20Metadata\",\"name\":\"money\",\"type\":\"address\"},{\"internalType\":\"uint32\",\"name\":\"challengeWindow\",\"type\":\"uint32\"},{\"internalType\":\"address\",\"name\":\"admin\",\"type\":\"address\"},{\"internalType\":\"uint48\",\"name\":\"adminDelay\",\"type\":\"uint48\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"AccessControlBadConfirmation\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint48\",\"name\":\"schedule\",\"type\":\"uint48\"}],\"name\":\"AccessControlEnforcedDefaultAdminDelay\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"AccessControlEnforcedDefaultAdminRules\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"defaultAdmin\",\"type\":\"address\"}],\"name\":\"AccessControlInvalidDefaultAdmin\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"neededRole\",\"type\":\"bytes32\"}],\"name\":\"AccessControlUnauthorizedAccount\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"}],\"name\":\"AlreadyExited\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"run\",\"type\":\"uint32\"}],\"name\":\"AlreadyPosted\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes16\",\"name\":\"domain\",\"type\":\"bytes16\"}],\"name\":\"BalanceDomain\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"WattHours\",\"name\":\"energy\",\"type\":\"uint64\"},{\"internalType\":\"Nano\",\"name\":\"released\",\"type\":\"uint64\"},{\"internalType\":\"Nano\",\"name\":\"balance\",\"type\":\"uint64\"}],\"name\":\"BalanceRange\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"size\",\"type\":\"uint256\"}],\"name\":\"BalanceSize\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"EnforcedPause\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"uint256\",\"name\":\"owed\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"deposited\",\"type\":\"uint256\"}],\"name\":\"ExceedsEscrow\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Meter\",\"name\":\"meter\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"WattHours\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"WattHours\",\"name\":\"left\",\"type\":\"uint64\"}],\"name\":\"ExceedsExport\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"WattHours\",\"name\":\"exported\",\"type\":\"uint64\"},{\"internalType\":\"WattHours\",\"name\":\"available\",\"type\":\"uint64\"}],\"name\":\"ExceedsNameplate\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"}],\"name\":\"ExitNotDue\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ExpectedPause\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"received\",\"type\":\"uint256\"}],\"name\":\"IncompleteTransfer\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"InvalidAmount\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"signers\",\"type\":\"uint256\"},{\"internalType\":\"uint8\",\"name\":\"faulty\",\"type\":\"uint8\"}],\"name\":\"InvalidGroup\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"money\",\"type\":\"address\"},{\"internalType\":\"uint8\",\"name\":\"decimals\",\"type\":\"uint8\"}],\"name\":\"InvalidMoney\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Watts\",\"name\":\"nameplate\",\"type\":\"uint64\"}],\"name\":\"InvalidNameplate\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"InvalidSigner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint32\",\"name\":\"challengeWindow\",\"type\":\"uint32\"}],\"name\":\"InvalidWindow\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"LeafNotInRoot\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"size\",\"type\":\"uint256\"}],\"name\":\"LeafSize\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"index\",\"type\":\"uint256\"}],\"name\":\"MalformedSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"}],\"name\":\"NoPayout\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"length\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"run\",\"type\":\"uint32\"}],\"name\":\"NotAttested\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"}],\"name\":\"NotInRoot\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"NotPayable\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"run\",\"type\":\"uint32\"}],\"name\":\"NotPosted\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"depositedIn\",\"type\":\"uint64\"}],\"name\":\"NotReclaimable\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"NotRevocable\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"}],\"name\":\"NothingDue\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"countedTo\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"oldest\",\"type\":\"uint64\"}],\"name\":\"OtherBlock\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"configDigest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"current\",\"type\":\"bytes32\"}],\"name\":\"OtherConfig\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"length\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"before\",\"type\":\"uint32\"}],\"name\":\"OtherLength\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"next\",\"type\":\"uint64\"}],\"name\":\"OtherNumber\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ReentrancyGuardReentrantCall\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Nano\",\"name\":\"released\",\"type\":\"uint64\"},{\"internalType\":\"Nano\",\"name\":\"before\",\"type\":\"uint64\"}],\"name\":\"ReleasedFell\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"RepeatedSigner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"domain\",\"type\":\"bytes32\"}],\"name\":\"ReportDomain\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"length\",\"type\":\"uint32\"}],\"name\":\"ReportInterval\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"size\",\"type\":\"uint256\"}],\"name\":\"ReportSize\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"WattHours\",\"name\":\"exported\",\"type\":\"uint64\"},{\"internalType\":\"WattHours\",\"name\":\"imported\",\"type\":\"uint64\"}],\"name\":\"ReportTotals\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"RootSuperseded\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"run\",\"type\":\"uint32\"}],\"name\":\"RunSuperseded\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint8\",\"name\":\"bits\",\"type\":\"uint8\"},{\"internalType\":\"uint256\",\"name\":\"value\",\"type\":\"uint256\"}],\"name\":\"SafeCastOverflowedUintDowncast\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"token\",\"type\":\"address\"}],\"name\":\"SafeERC20FailedOperation\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"domain\",\"type\":\"bytes32\"}],\"name\":\"SettlementDomain\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"length\",\"type\":\"uint32\"}],\"name\":\"SettlementInterval\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"size\",\"type\":\"uint256\"}],\"name\":\"SettlementSize\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"WattHours\",\"name\":\"energy\",\"type\":\"uint64\"},{\"internalType\":\"Nano\",\"name\":\"released\",\"type\":\"uint64\"},{\"internalType\":\"Nano\",\"name\":\"owed\",\"type\":\"uint64\"}],\"name\":\"SettlementTotals\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"size\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"expected\",\"type\":\"uint256\"}],\"name\":\"SignaturesSize\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"signer\",\"type\":\"address\"}],\"name\":\"UnknownSigner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"}],\"name\":\"UnknownZone\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"to\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"Kind\",\"name\":\"kind\",\"type\":\"uint8\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"WattHours\",\"name\":\"energy\",\"type\":\"uint64\"}],\"name\":\"Claimed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"before\",\"type\":\"uint256\"},{\"indexed\":false,\"internalType\":\"uint256\",\"name\":\"debt\",\"type\":\"uint256\"}],\"name\":\"DebtChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"DefaultAdminDelayChangeCanceled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"uint48\",\"name\":\"newDelay\",\"type\":\"uint48\"},{\"indexed\":false,\"internalType\":\"uint48\",\"name\":\"effectSchedule\",\"type\":\"uint48\"}],\"name\":\"DefaultAdminDelayChangeScheduled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[],\"name\":\"DefaultAdminTransferCanceled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"newAdmin\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint48\",\"name\":\"acceptSchedule\",\"type\":\"uint48\"}],\"name\":\"DefaultAdminTransferScheduled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Deposited\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"}],\"name\":\"ExitRequested\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"Kind\",\"name\":\"kind\",\"type\":\"uint8\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"Exited\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"Watts\",\"name\":\"before\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"Watts\",\"name\":\"nameplate\",\"type\":\"uint64\"}],\"name\":\"NameplateChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"configDigest\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"address[]\",\"name\":\"signers\",\"type\":\"address[]\"},{\"indexed\":false,\"internalType\":\"uint8\",\"name\":\"faulty\",\"type\":\"uint8\"}],\"name\":\"OraclesChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"Paused\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"length\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"run\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"WattHours\",\"name\":\"exported\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"WattHours\",\"name\":\"imported\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"meters\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"configDigest\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"}],\"name\":\"Posted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"from\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"depositedIn\",\"type\":\"uint64\"}],\"name\":\"Reclaimed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"who\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"Meter\",\"name\":\"meter\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"length\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"run\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"WattHours\",\"name\":\"amount\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"WattHours\",\"name\":\"total\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"reading\",\"type\":\"bytes32\"}],\"name\":\"Retired\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"last\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"reason\",\"type\":\"string\"}],\"name\":\"Revoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"previousAdminRole\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"newAdminRole\",\"type\":\"bytes32\"}],\"name\":\"RoleAdminChanged\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"sender\",\"type\":\"address\"}],\"name\":\"RoleGranted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"sender\",\"type\":\"address\"}],\"name\":\"RoleRevoked\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"length\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"run\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"countedTo\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"members\",\"type\":\"uint32\"},{\"indexed\":false,\"internalType\":\"WattHours\",\"name\":\"energy\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"Nano\",\"name\":\"released\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"Nano\",\"name\":\"owed\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"configDigest\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"}],\"name\":\"Settled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":false,\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"Unpaused\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"CONFIGURATOR\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"DEFAULT_ADMIN_ROLE\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"GUARDIAN\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"REGISTRAR\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"acceptDefaultAdminTransfer\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"newAdmin\",\"type\":\"address\"}],\"name\":\"beginDefaultAdminTransfer\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"cancelDefaultAdminTransfer\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"challengeWindow\",\"outputs\":[{\"internalType\":\"uint32\",\"name\":\"\",\"type\":\"uint32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint48\",\"name\":\"newDelay\",\"type\":\"uint48\"}],\"name\":\"changeDefaultAdminDelay\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"leaf\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"proof\",\"type\":\"bytes32[]\"}],\"name\":\"claim\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"WattHours\",\"name\":\"energy\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"defaultAdmin\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"defaultAdminDelay\",\"outputs\":[{\"internalType\":\"uint48\",\"name\":\"\",\"type\":\"uint48\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"defaultAdminDelayIncreaseWait\",\"outputs\":[{\"internalType\":\"uint48\",\"name\":\"\",\"type\":\"uint48\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"}],\"name\":\"deposit\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"},{\"internalType\":\"uint256\",\"name\":\"amount\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"deadline\",\"type\":\"uint256\"},{\"internalType\":\"uint8\",\"name\":\"v\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"r\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"s\",\"type\":\"bytes32\"}],\"name\":\"depositWithPermit\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"exitDelay\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"by\",\"type\":\"address\"}],\"name\":\"exitRequestOf\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"leaf\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"proof\",\"type\":\"bytes32[]\"}],\"name\":\"forceExit\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"WattHours\",\"name\":\"energy\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"}],\"name\":\"getRoleAdmin\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"grantRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"hasRole\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"isPayable\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"money\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"}],\"name\":\"nameplateOf\",\"outputs\":[{\"internalType\":\"Watts\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"owner\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Kind\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"}],\"name\":\"paidTo\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"WattHours\",\"name\":\"energy\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"exited\",\"type\":\"bool\"}],\"internalType\":\"structIEscrow.Paid\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pause\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"paused\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pendingDefaultAdmin\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"newAdmin\",\"type\":\"address\"},{\"internalType\":\"uint48\",\"name\":\"schedule\",\"type\":\"uint48\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"pendingDefaultAdminDelay\",\"outputs\":[{\"internalType\":\"uint48\",\"name\":\"newDelay\",\"type\":\"uint48\"},{\"internalType\":\"uint48\",\"name\":\"schedule\",\"type\":\"uint48\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes\",\"name\":\"report\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"configDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signatures\",\"type\":\"bytes\"}],\"name\":\"post\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"}],\"name\":\"purseOf\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"last\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"exitBlock\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deposited\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"withdrawn\",\"type\":\"uint64\"}],\"internalType\":\"structIEscrow.Purse\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"quorum\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"configDigest\",\"type\":\"bytes32\"},{\"internalType\":\"address[]\",\"name\":\"signers\",\"type\":\"address[]\"},{\"internalType\":\"uint8\",\"name\":\"faulty\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"depositedIn\",\"type\":\"uint64\"}],\"name\":\"reclaim\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Watts\",\"name\":\"nameplate\",\"type\":\"uint64\"}],\"name\":\"registerZone\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"renounceRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"Member\",\"name\":\"member\",\"type\":\"bytes32\"}],\"name\":\"requestExit\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"WattHours\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"run\",\"type\":\"uint32\"},{\"internalType\":\"bytes\",\"name\":\"leaf\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"proof\",\"type\":\"bytes32[]\"}],\"name\":\"retire\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"Meter\",\"name\":\"meter\",\"type\":\"bytes32\"}],\"name\":\"retiredOf\",\"outputs\":[{\"internalType\":\"WattHours\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"string\",\"name\":\"reason\",\"type\":\"string\"}],\"name\":\"revoke\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"role\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"account\",\"type\":\"address\"}],\"name\":\"revokeRole\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"rollbackDefaultAdminDelay\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"run\",\"type\":\"uint32\"}],\"name\":\"rootOf\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"configDigest\",\"type\":\"bytes32\"},{\"internalType\":\"address[]\",\"name\":\"signers\",\"type\":\"address[]\"},{\"internalType\":\"uint8\",\"name\":\"faulty\",\"type\":\"uint8\"}],\"name\":\"setOracles\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes\",\"name\":\"report\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"configDigest\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"signatures\",\"type\":\"bytes\"}],\"name\":\"settle\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"settlementOf\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"postedAt\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"countedTo\",\"type\":\"uint64\"},{\"internalType\":\"Nano\",\"name\":\"released\",\"type\":\"uint64\"},{\"internalType\":\"Nano\",\"name\":\"owed\",\"type\":\"uint64\"}],\"internalType\":\"structIEscrow.Settlement\",\"name\":\"s\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"run\",\"type\":\"uint32\"}],\"name\":\"statementOf\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"WattHours\",\"name\":\"exported\",\"type\":\"uint64\"},{\"internalType\":\"WattHours\",\"name\":\"imported\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"length\",\"type\":\"uint32\"},{\"internalType\":\"uint32\",\"name\":\"meters\",\"type\":\"uint32\"},{\"internalType\":\"uint64\",\"name\":\"postedIn\",\"type\":\"uint64\"}],\"internalType\":\"structIMint.Statement\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"}],\"name\":\"stockOf\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"held\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"debt\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes4\",\"name\":\"interfaceId\",\"type\":\"bytes4\"}],\"name\":\"supportsInterface\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"token\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"unpause\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"Zone\",\"name\":\"zone\",\"type\":\"bytes32\"},{\"internalType\":\"IntervalStart\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"run\",\"type\":\"uint32\"},{\"internalType\":\"bytes\",\"name\":\"leaf\",\"type\":\"bytes\"},{\"internalType\":\"bytes32[]\",\"name\":\"proof\",\"type\":\"bytes32[]\"}],\"name\":\"verifyLeaf\",\"outputs\":[{\"internalType\":\"bool\",\"name\":\"\",\"type\":\"bool\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "Hub",
	Bin: "0x610100806040523461029157608081616d33803803809161002082856102cf565b833981010312610291578051906001600160a01b0382168083036102915760208201519263ffffffff8416808503610291576040840151936001600160a01b0385169081860361029157606001519065ffffffffffff8216820361029157156102bc57600180546001600160d01b031660d09290921b6001600160d01b0319169190911790556100af846102f2565b506040516113588082016001600160401b038111838210176102a85782916159db833903905ff0801561029d5760805260017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005560405163313ce56760e01b8152602081600481875afa801561029d575f9061025c575b60ff9150169260098411610245575062093a808111610233575060a05260090360ff811161021f5760ff1691604d831161021f576101899260018060401b0390600a0a1660c05260e0526101798161033a565b5061018381610364565b5061038e565b5060405161559e908161043d8239608051818181610279015281816125bf01528181612645015281816134690152614fbb015260a0518181816111e401528181612e1901528181613610015281816141ee0152614f5b015260c05181818161114101528181611e6b015281816144d401528181614d8c0152615022015260e051818181611b8f01528181613e7b0152613f7b0152f35b634e487b7160e01b5f52601160045260245ffd5b630ee2ae5160e41b5f5260045260245ffd5b8390637661ab0960e01b5f5260045260245260445ffd5b506020813d602011610295575b81610276602093836102cf565b81010312610291575160ff811681036102915760ff90610126565b5f80fd5b3d9150610269565b6040513d5f823e3d90fd5b634e487b7160e01b5f52604160045260245ffd5b636116401160e11b5f525f60045260245ffd5b601f909101601f19168101906001600160401b038211908210176102a857604052565b600254906001600160a01b03821661032b576001600160a01b03199091166001600160a01b03821617600255610328905f6103b4565b90565b631fe1e13d60e11b5f5260045ffd5b610328907f530008d2b058137d9c475b1b7d83984f1fcf1dd0e607659d029fc1517ab892686103b4565b610328907fd6b769dbdbf190871759edfb79bd17eda0005e1b8c3b6b3f5b480b5604ad50146103b4565b610328907f8b5b16d04624687fcf0d0228f19993c9157c1ed07b41d8d430fd9100eb099fe85b5f818152602081815260408083206001600160a01b038616845290915290205460ff16610436575f818152602081815260408083206001600160a01b0395909516808452949091528120805460ff19166001179055339291907f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d9080a4600190565b50505f9056fe6080806040526004361015610012575f80fd5b5f905f3560e01c90816301ffc9a714613a1057508063022d63fb146139f3578063042562cc1461390057806306d71ac3146138e75780630aa6220b146138465780630cf33058146137a85780631703a018146136ca5780631a6811ee146135db57806322fd849d146131db57806323a7ab661461313d578063248a9ca31461310a57806328388630146130de5780632f2ff15d146130985780632f49566a1461306557806336568abe14612f435780633b0e434114612ebe5780633f4ba83a14612e3d5780634ddd108a14612df95780635c975abb14612dd65780635ce14ffb14612d87578063634e93da14612caa578063649a5ec714612aff578063653b3619146120d3578063675a14ba14611d7357806369ccf4e614611c49578063724c184c14611c0e5780638456cb5914611bb357806384ef8ffc14611b4b578063861a141214611b725780638da5cb5b14611b4b5780638f26806d1461133057806391d14854146112e65780639844b73f146112bb5780639be692f114610f93578063a1eda53c14610f30578063a217fddf14610f14578063afb2e4df14610d77578063b1b13d9814610bbc578063c407648614610a56578063c7ec805d146109f0578063cb609077146109b5578063cc8463c81461098a578063cefc1429146108c6578063cf6eefb714610873578063d547741f14610815578063d602b9fd146107b1578063d97326101461078a578063da69f02a14610742578063e0188c331461036f578063f45a4ec0146102db578063fb7bf61a146102a05763fc0c546a1461025a575f80fd5b3461029d578060031936011261029d5760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b80fd5b503461029d578060031936011261029d5760206040517f530008d2b058137d9c475b1b7d83984f1fcf1dd0e607659d029fc1517ab892688152f35b503461029d5760a036600319011261029d576102f5613af7565b6044359163ffffffff8316830361029d576064356001600160401b03811161036b57610325903690600401613b44565b91608435906001600160401b03821161029d5760206103618787878761035c6103513660048b01613b71565b959094600435613d74565b614591565b6040519015158152f35b5080fd5b503461029d57606036600319011261029d576004356024356001600160401b03811161073e576103a3903690600401613b71565b60443560ff811693929084900361073a577f530008d2b058137d9c475b1b7d83984f1fcf1dd0e607659d029fc1517ab89268855284602052604085206001600160a01b0333165f5260205260ff60405f2054161561070357601f821180156106d8575b6106a857845b600554811015610459576001906001600160a01b03817f036b6384b5eca791c62761152d0c79bb0604c104a5fb6f4eb0703f3154bb3db0015416875260066020528660408120550161040c565b508493845b8381106105c75750836003558060ff1960045416176004556001600160401b0383116105b3576801000000000000000083116105b3578260055481600555808210610571575b50508160058652855b848110610536575050604051928060408501604086525260608401929086905b808210610507575050509180917f5a8df6d0c97353ccce5533a8ef2a7303356ad3d2d4f0721baadd897723c5746b9360208301520390a280f35b9091938435906001600160a01b038216809203610532576020816001938293520195019201906104cd565b8880fd5b600190602061054484613fed565b930192817f036b6384b5eca791c62761152d0c79bb0604c104a5fb6f4eb0703f3154bb3db00155016104ad565b03855b818110610583578491506104a4565b80877f036b6384b5eca791c62761152d0c79bb0604c104a5fb6f4eb0703f3154bb3db06001938801015501610574565b602485634e487b7160e01b81526041600452fd5b6001600160a01b036105e26105dd838787613fc9565b613fed565b1615801561067d575b61063b576001810180821161062757906001916001600160a01b036106146105dd848989613fc9565b168852600660205260408820550161045e565b602487634e487b7160e01b81526011600452fd5b856001600160a01b036106546105dd6024948888613fc9565b7fbf18af4300000000000000000000000000000000000000000000000000000000835216600452fd5b506001600160a01b036106946105dd838787613fc9565b1686526006602052604086205415156105eb565b60448585847fa3eb9aac000000000000000000000000000000000000000000000000000000008352600452602452fd5b50836003026003810485036106ef57821115610406565b602486634e487b7160e01b81526011600452fd5b60448563e2517d3f60e01b8152336004527f530008d2b058137d9c475b1b7d83984f1fcf1dd0e607659d029fc1517ab89268602452fd5b8480fd5b8280fd5b503461029d57602036600319011261029d57604090816004359182815260096020526001600160801b0382822054169281526009602052205460801c82519182526020820152f35b503461029d57604036600319011261029d5760206103616107a9613af7565b600435613f2d565b503461029d578060031936011261029d576107ca614001565b600180546001600160d01b0319811690915560a01c65ffffffffffff166107ee5780f35b7f8886ebfc4259abdbc16601dd8fb5678e54878f47b3c34836cfc51154a96051098180a180f35b503461029d57604036600319011261029d57600435610832613ba1565b90801561086457908161085b610856610860945f525f602052600160405f20015490565b6140bf565b615229565b5080f35b600483631fe1e13d60e11b8152fd5b503461029d578060031936011261029d57604065ffffffffffff6108ad6001549065ffffffffffff6001600160a01b0383169260a01c1690565b6001600160a01b03849392935193168352166020820152f35b503461029d578060031936011261029d576001546001600160a01b0316330361095e576001546001600160a01b0381169060a01c65ffffffffffff1680158015610954575b610942575061092e906109286001600160a01b03600254166151e1565b5061513e565b506001600160d01b03196001541660015580f35b6319ca5ebb60e01b8352600452602482fd5b504281101561090b565b807fc22c8022000000000000000000000000000000000000000000000000000000006024925233600452fd5b503461029d578060031936011261029d5760206109a5613ef4565b65ffffffffffff60405191168152f35b503461029d578060031936011261029d5760206040517fd6b769dbdbf190871759edfb79bd17eda0005e1b8c3b6b3f5b480b5604ad50148152f35b503461029d57606036600319011261029d57604435906001600160a01b038216820361029d5760406001600160a01b03916004358152600f60205281812060243582526020522091165f5260205260206001600160401b0360405f205416604051908152f35b503461029d57606036600319011261029d57600435610a73613af7565b906044356001600160401b038111610bb857610a93903690600401613b44565b610a9b614050565b828552600c60205260408520906001600160401b03825416916001600160401b038616958615908115610bae575b8115610b9d575b50610b6d575f1986016001600160401b038111610b5957917fcce34942e4de9f11f4c6d5e4d7bd48a6d45208c006389b314f90c79f725f978f9493916001600160401b03606094166001600160401b031982541617905580604051948593845260406020850152816040850152848401378181018301889052601f01601f19168101030190a380f35b602488634e487b7160e01b81526011600452fd5b60448787877fc9d15f93000000000000000000000000000000000000000000000000000000008352600452602452fd5b610ba8915086613f2d565b5f610ad0565b8488119150610ac9565b8380fd5b503461029d57604036600319011261029d57600435610bd9613af7565b7fd6b769dbdbf190871759edfb79bd17eda0005e1b8c3b6b3f5b480b5604ad5014835282602052604083206001600160a01b0333165f5260205260ff60405f20541615610d405781158015610d2f575b610cf6577f0aaee77322ed6c8da25066a78b305c5508dad8664451c542580db3c44214c63890828452600860205260408420610cd76001600160401b03825416916001600160401b0384166001600160401b0319825416178155610caf815460801c610ca9610ca4620151806001600160401b038916614926565b614905565b90615119565b6001600160801b036fffffffffffffffffffffffffffffffff1983549260801b169116179055565b604080516001600160401b03928316815292909116602083015290a280f35b6001600160401b039083927f3d85f591000000000000000000000000000000000000000000000000000000006044955260045216602452fd5b506001600160401b03811615610c29565b60448363e2517d3f60e01b8152336004527fd6b769dbdbf190871759edfb79bd17eda0005e1b8c3b6b3f5b480b5604ad5014602452fd5b503461029d57610d9f90610d8a36613c1f565b92610d999694969291926140ff565b866149bf565b91610ddf6001600160401b0360a085015116610dc58551610dbf85613e18565b90613f2d565b610f0d576001600160401b03608086015116905b85614d23565b9390926001600160401b0384161580610efc575b610ec65750826001600160a01b03610e8593838794516040820151907fd1c75e5faa03208e9397fb0e7c7957234d6d093c30a5550e05f94498f2900166606084019460ff60208888511696015116610e7b8a8a6040519485948592936001600160401b03809296958160609560ff608089019a16885216602087015216604085015216910152565b0390a45116614f2a565b60017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f0055604080516001600160401b03928316815292909116602083015290f35b81604060449351910151907f04aae77d000000000000000000000000000000000000000000000000000000008352600452602452fd5b506001600160401b03851615610df3565b8390610dd9565b503461029d578060031936011261029d57602090604051908152f35b503461029d578060031936011261029d576002548060d01c9182151580610f89575b15610f80575060a01c65ffffffffffff165b6040805165ffffffffffff928316815292909116602083015290f35b91505080610f64565b5042831015610f52565b503461029d57606036600319011261029d57600435602435610fb3613ae1565b90610fbc6140ff565b828452601060205260408420818552602052604084206001600160a01b0333165f526020526001600160401b0360405f20921691828552602052604084209260405193604085018581106001600160401b038211176112a757604052546001600160401b03811685526001600160401b03602086019160401c168152818652600c6020526040862090828752600d602052604087206001600160401b0380845416165f5260205260405f20906001600160401b038751161590811561128c575b8115611264575b5061123057600190838852601060205260408820858952602052604088206001600160a01b0333165f5260205260405f2086895260205287604081205561110c6110e46001600160401b038951166001600160401b03865460801c16613de4565b845467ffffffffffffffff60801b191660809190911b67ffffffffffffffff60801b16178455565b825467ffffffffffffffff60401b19164360401b67ffffffffffffffff60401b16178355015460c01c90546001600160401b037f0000000000000000000000000000000000000000000000000000000000000000168160c01c02906001600160401b038216918203610b59576112099694926001600160401b03969492876111a19360801c1691818082119118021883615020565b848451169260405193845260208401527f3e841b738fecbc24cc494ba6faf6c3105b32bcc4bde9367c4b85d5a59ed1c19460403394a45116336001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001661509b565b60017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f005580f35b50507fe70d8b7c00000000000000000000000000000000000000000000000000000000855260045260245260445250606490fd5b6001600160401b0380925061128391511661127d613e74565b90613e36565b1642105f611083565b600183015460401c6001600160401b0316871115915061107c565b602487634e487b7160e01b81526041600452fd5b503461029d57606036600319011261029d576112d56140ff565b611209604435602435600435614183565b503461029d57604036600319011261029d576001600160a01b03604061130a613ba1565b926004358152806020522091165f52602052602060ff60405f2054166040519015158152f35b503461029d5761133f36613bb7565b866101406040979395979694965161135681613d1c565b8281528260208201528260408201528260608201528260808201528260a08201528260c08201528260e082015282610100820152826101208201520152609c8303611b1f5782602011611af05781357f776174746c652f736574746c656d656e742f31000000000000000000000000008103611af4575082604811611af05760408201359383608c11611aec5760848301358460941161053257608c84013585609c11611ae85760948501359186604011611ae45760208601359787604c11611ae057604887013588605011611adc5788607011611adc57605088013589607811611ad85789608011611ad85789608411611ad8576040519a6114588c613d1c565b8b5260c092831c60208c0181905260e092831c60408d01819052604c8b0135841c60608e01526080808e019390935260708b0135851c60a08e015260788b0135851c858e0152918a0135831c928c019290925283831c6101008c015284831c6101208c01529185901c6101408b01526114d191906152c2565b15611a8f576001600160401b03677fffffffffffffff9160c01c1611918215611a79575b8215611a67575b5050611a155784518852600c60205260408820936001600160401b0360a0870151168554906001600160401b03611534818416613e18565b16036119c4578680518b6001600160401b036040816020860151169263ffffffff606081848901511697015116948152600a6020522091165f5260205263ffffffff60405f2091165f52602052600160405f200154908160c01c151591826119b1575b50501561194a5786518a52600d60205260408a206001600160401b03808316165f5260205260405f2060016001600160401b038360401c16910154906001600160401b038260401c168082115f1461194357505b6001600160401b038060c08b0151169116908181108015611939575b6119065750506001600160401b03806101208a0151169160801c16908181106118d3575050879189918851906101408a01516001600160401b03169060801c6001600160401b03169061165992615020565b61166295614675565b60a08201516001600160401b03166001600160401b03166001600160401b0319825416179055608081015160c08201516001600160401b03166101208301516001600160401b03166101408401516001600160401b031691604051936116c785613d01565b84526020840193426001600160401b0316855260408101918252606081019283526080810193845285518952600d6020526040892060a08701516001600160401b03166001600160401b03165f5260205260405f209051815560010193516001600160401b03166001600160401b03166001600160401b0319855416178455516001600160401b031661177d90849067ffffffffffffffff60401b1967ffffffffffffffff60401b83549260401b169116179055565b51825467ffffffffffffffff60801b191660809190911b67ffffffffffffffff60801b1617825551815477ffffffffffffffffffffffffffffffffffffffffffffffff1660c09190911b77ffffffffffffffffffffffffffffffffffffffffffffffff191617905580519060a08101516001600160401b03169260208201516001600160401b031694604083015163ffffffff1692606081015163ffffffff1690608081015160c08201516001600160401b031660e083015163ffffffff16906101008401516001600160401b0316926101208501516001600160401b03169461014001516001600160401b031695604051998a5260208a015260408901526060880152608087015260a086015260c085015260e08401526101008301526001600160401b03166101208201526101407f995963b097c61665d2f2f1fc2673ecb274e6a3db5d7d2f248f52ce58563da5ba91a480f35b88517fe8b6b1cc000000000000000000000000000000000000000000000000000000008d5260045260245260445260648afd5b89517f1aeb2930000000000000000000000000000000000000000000000000000000008e5260045260245260445260648bfd5b5043811015611607565b90506115eb565b865160208801516040808a015160608b015191517fc172b2db00000000000000000000000000000000000000000000000000000000815260048101949094526001600160401b03909216602484015263ffffffff9182166044840152166064820152608490fd5b60801c63ffffffff161490505f80611597565b896001600160401b03886064936119e5838060a08551950151169216613e18565b917f3817910b00000000000000000000000000000000000000000000000000000000855260045260245216604452fd5b6101008501516101208601516101408701517f3ec3ccb6000000000000000000000000000000000000000000000000000000008b526001600160401b0392831660045290821660245216604452606488fd5b60c090811c91901c1190505f806114fc565b677fffffffffffffff60c082901c1192506114f5565b60448b8963ffffffff60406001600160401b0360208401511692015116907f9a443084000000000000000000000000000000000000000000000000000000008352600452602452fd5b8d80fd5b8c80fd5b8b80fd5b8a80fd5b8980fd5b8780fd5b8680fd5b7f5e16fded000000000000000000000000000000000000000000000000000000008852600452602487fd5b602487847f45a7c3e1000000000000000000000000000000000000000000000000000000008252600452fd5b503461029d578060031936011261029d5760206001600160a01b0360025416604051908152f35b503461029d578060031936011261029d57602060405163ffffffff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b503461029d578060031936011261029d57611bcc614050565b611bd4614630565b600160ff1960075416176007557f62e78cea01bee320cd4e420270b5ea74000d11b0c9f74754ebdbfc544b05a2586020604051338152a180f35b503461029d578060031936011261029d5760206040517f8b5b16d04624687fcf0d0228f19993c9157c1ed07b41d8d430fd9100eb099fe88152f35b503461029d57604036600319011261029d57600435611c66613af7565b91604051611c7381613d01565b81815281602082015281604082015281606082015281608082015291808252600c6020526001600160401b036040832054166001600160401b0385161115611cf9575b60a0836001600160401b03608060405192805184528260208201511660208501528260408201511660408501528260608201511660608501520151166080820152f35b6001600160401b039250906040918152600d6020522091165f5260205260a060405f20600160405191611d2b83613d01565b8054835201546001600160401b03811660208301526001600160401b038160401c1660408301526001600160401b038160801c16606083015260c01c60808201525f80611cb6565b503461029d57611d8690610d8a36613c1f565b611d948151610dbf85613e18565b61209a5780518252600e6020526040822092602082019360ff80865116165f5260205260405f2091604081019283518552602052604084209460ff865460801c1661207f5781518552600d602052604085206001600160401b0384165f526020526001600160401b03611e1281600160405f2001541661127d613e74565b1642108061206f575b61203b5760a08201516001600160401b031660c08301516001600160401b0316611e4491613ec9565b9360808301516001600160401b0316611e5e908685614d23565b96888299978997939854907f00000000000000000000000000000000000000000000000000000000000000006001600160401b0316611e9c91613ed6565b6001600160401b038216101560801b70ff0000000000000000000000000000000016907fffffffffffffffffffffffffffffff00ffffffffffffffffffffffffffffffff1617905584518152600c602052436001600160401b0316906040902090611f29919067ffffffffffffffff60401b1967ffffffffffffffff60401b83549260401b169116179055565b835193825194606082019586516001600160a01b0316918985885160ff168b604051938493611f81938592936001600160401b03809296958160609560ff608089019a16885216602087015216604085015216910152565b037fd1c75e5faa03208e9397fb0e7c7957234d6d093c30a5550e05f94498f290016691a4519151925160ff16906040519182526001600160401b0316602082015260407f8b986ffcdaa39ed1028de36e3df564fc1c92d70d1dd4e7ddf22b0b0722cfc7b491a3516001600160a01b031691611ffb92614f2a565b60017f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f0055604080516001600160401b039384168152919092166020820152f35b6044858584519051907ff94cde74000000000000000000000000000000000000000000000000000000008352600452602452fd5b5061207982614c56565b15611e1b565b6044858584519051906346413d4f60e01b8352600452602452fd5b6044926001600160401b0391517f1655cfaf00000000000000000000000000000000000000000000000000000000845260045216602452fd5b503461029d576120e236613bb7565b6120f0969596939193614630565b8560e06040516120ff81613ce5565b8281528260208201528260408201528260608201528260808201528260a08201528260c0820152015260848503612ad35784602011612aa45786357f776174746c652f6174746573746174696f6e2f310000000000000000000000008103612aa8575084604811612aa457604087013560c01c93607c8610611af057607488013560c01c60848710611aec57607c89013560c01c90604088106105325760208a01359688604c11611ae85760488b013560e01c60508a10611ae457604c8c01358a607011611ae05760508d01358b607411611adc578d60700135916040519b6121e78d613ce5565b8c528460208d01528360408d015260e01c63ffffffff1660608c015260808b015260e01c63ffffffff1660a08a01528260c08a01528360e08a015261222b916152c2565b15612a5b57677fffffffffffffff10908115612a49575b50612a055784518752600a602052604087206001600160401b0380602088015116165f5260205260405f209563ffffffff80606088015116165f528660205260405f209860018a015460c01c6129b657889763ffffffff606089015116806128bf575b5050846122b59493928792614675565b8251855260086020526040852080546001600160401b038116156128ab576122f16122e86001600160401b0388166148e2565b8260801c614949565b6001600160401b036020870151169161231463ffffffff60408901511684613e36565b906001600160401b038160401c1680155f146128a5575083905b8a826001600160401b038116806001600160401b038716116127c2575b50505050505090506123696001600160401b0360c0870151166148e2565b906001600160801b038116806001600160801b0384161161275d5750976001600160401b03869586956123c57fb63783bc48017b7d03a16d00b6b7927d1309650e3fddaaaf34019cd7de0bd92196610caf610100978e9f614969565b63ffffffff77ffffffff00000000000000000000000000000000000000006001868a8460608960206080850151948587556124438360c0830151169784891685198b83015416178a8201558460e084015116998a91019067ffffffffffffffff60401b1967ffffffffffffffff60401b83549260401b169116179055565b6124d660408201519e8f600182015467ffffffffffffffff60801b1973ffffffff0000000000000000000000000000000060a08701519e8f60a01b169360801b16911617176001820155600185431691019077ffffffffffffffffffffffffffffffffffffffffffffffff77ffffffffffffffffffffffffffffffffffffffffffffffff1983549260c01b169116179055565b519f0151169e015116856040519a168a5260208a01526040890152606088015260808701521660a085015260c08401521660e0820152a36001600160401b0360c082519201511691818452600960205260408420908154926001600160801b0384169360801c91869587966001600160401b03831682115f146126e957506001600160401b0361259a6125938461258e6125a09561257c866125a69c9b9a991682614176565b808a10818b1802189586931690614176565b614176565b8098613ec9565b93614176565b926153f4565b8061263b575b50806125b55750f35b6001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016803b1561263757604051632770a7eb60e21b8152306004820152602481019290925282908290604490829084905af1801561262c5761261b5750f35b8161262591613d53565b61029d5780f35b6040513d84823e3d90fd5b5050fd5b6001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016803b156126e4576040517f40c10f19000000000000000000000000000000000000000000000000000000008152306004820152602481019290925283908290604490829084905af19081156126d95783916126c1575b506125ac565b816126cb91613d53565b6126d657815f6126bb565b50fd5b6040513d85823e3d90fd5b505050fd5b9590806001600160401b038496941611612709575b5050505050506125a6565b61274597509161274c6125a09261258e856001600160401b036127348a9998826127529d9c16614176565b80851081861802189c8d8095614176565b9816614176565b90613ec9565b5f80808080806126fe565b8651602088015160c08901516040517f9dc3c0dd00000000000000000000000000000000000000000000000000000000815260048101939093526001600160401b0391821660248401528116604483015262057e409092049091166064820152608490fd5b9661284396916128199698821161284f575b5050916001600160401b0380610ca49361280961280261281397610ca9610ca46201518087808b1616614926565b978b613de4565b9050169116614926565b90614949565b91839067ffffffffffffffff60401b1967ffffffffffffffff60401b83549260401b169116179055565b805f80808a818061234b565b819550610ca4936128096128026128996128139896612813610ca46001600160401b0380612880819b9a829b613de4565b1662015180808210911802620151801816888b16614926565b959750505093506127d4565b9061232e565b6024878651631a09be0560e01b8252600452fd5b63ffffffff919299506128d190613eb1565b165f52602052600160405f2001548060c01c156129765763ffffffff8160801c1663ffffffff6040890151169081810361291a5750506001600160401b031696846122b56122a5565b885160208a01516040517f33c0ace700000000000000000000000000000000000000000000000000000000815260048101929092526001600160401b0316602482015263ffffffff928316604482015291166064820152608490fd5b60648963ffffffff8980519061299f8360606001600160401b0360208501511693015116613eb1565b9163bf4b442360e01b855260045260245216604452fd5b6064898880519063ffffffff60606001600160401b0360208401511692015116917f539a5ca9000000000000000000000000000000000000000000000000000000008452600452602452604452fd5b60c085015160e08601517f4b01c6ee0000000000000000000000000000000000000000000000000000000089526001600160401b0391821660045216602452604487fd5b677fffffffffffffff9150115f612242565b6044898863ffffffff60406001600160401b0360208401511692015116907fafb2329a000000000000000000000000000000000000000000000000000000008352600452602452fd5b8580fd5b7f9cd02fbf000000000000000000000000000000000000000000000000000000008752600452602486fd5b602486867ff4bf50a4000000000000000000000000000000000000000000000000000000008252600452fd5b503461029d57602036600319011261029d5760043565ffffffffffff811680820361073e57612b2c614001565b612b354261527a565b9065ffffffffffff612b45613ef4565b1680821115612c5b57507ff1038c18cf84a56e432fdbfaf746924b7ea511dfe03a6506a0ceba4888788d9b929165ffffffffffff826206978080612b93951091180262069780181690614612565b906002548060d01c80612bf0575b5050600280546001600160a01b031660a083901b65ffffffffffff60a01b161760d084901b6001600160d01b0319161790556040805165ffffffffffff9283168152919092166020820152a180f35b421115612c315779ffffffffffffffffffffffffffffffffffffffffffffffffffff6001600160d01b03196001549260301b169116176001555b5f80612ba1565b507f2b1fa2edafe6f7b9e97c1a9e0c3660e645beb2dcaa2d45bdbf9beaf5472e1ec58480a1612c2a565b0365ffffffffffff8111612c96577ff1038c18cf84a56e432fdbfaf746924b7ea511dfe03a6506a0ceba4888788d9b9291612b939190614612565b602484634e487b7160e01b81526011600452fd5b503461029d57602036600319011261029d576004356001600160a01b03811680910361036b57612cd8614001565b7f3377dc44241e779dd06afab5b788a35ca5f3b778836e2990bdb26a2a4b2e5ed66020612d15612d074261527a565b612d0f613ef4565b90614612565b600180546001600160d01b03198116861760a084811b65ffffffffffff60a01b1691909117909255901c65ffffffffffff16612d5e575b65ffffffffffff60405191168152a280f35b7f8886ebfc4259abdbc16601dd8fb5678e54878f47b3c34836cfc51154a96051098580a1612d4c565b503461029d57606036600319011261029d576001600160401b036040602092612dae613af7565b6004358252600b85528383832091165f528452815f2060443582528452205416604051908152f35b503461029d578060031936011261029d57602060ff600754166040519015158152f35b503461029d578060031936011261029d5760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b503461029d578060031936011261029d57612e56614050565b60075460ff811615612e965760ff19166007557f5db9ee0a495bf2e6ff9c91a7834c1ba4fdd244a5e8aa4e537bd38aeae4b073aa6020604051338152a180f35b6004827f8dfc202b000000000000000000000000000000000000000000000000000000008152fd5b503461029d57604036600319011261029d57600435602435818352600f60205260408320818452602052604083206001600160a01b0333165f5260205260405f206001600160401b03804216166001600160401b031982541617905533917fede98968a60dcd3ae3970b51c812ee9de200779febc44f3caf574136d0917f678480a480f35b503461029d57604036600319011261029d57600435612f60613ba1565b90801580613048575b612fb0575b336001600160a01b03831603612f88579061086091615229565b6004837f6697b232000000000000000000000000000000000000000000000000000000008152fd5b60015465ffffffffffff60a082901c16906001600160a01b031615801590613038575b8015613026575b61300c57507fffffffffffff000000000000ffffffffffffffffffffffffffffffffffffffff60015416600155612f6e565b6319ca5ebb60e01b845265ffffffffffff16600452602483fd5b504265ffffffffffff82161015612fda565b5065ffffffffffff811615612fd3565b506001600160a01b03600254166001600160a01b03831614612f69565b503461029d57602036600319011261029d576001600160401b036040602092600435815260088452205416604051908152f35b503461029d57604036600319011261029d576004356130b5613ba1565b9080156108645790816130d9610856610860945f525f602052600160405f20015490565b615192565b503461029d578060031936011261029d5760206130f9613e74565b6001600160401b0360405191168152f35b503461029d57602036600319011261029d5760206131356004355f525f602052600160405f20015490565b604051908152f35b503461029d57606036600319011261029d5760243560ff8116810361036b5760609160409161316a613e56565b506004358252600e60205260ff83832091165f52602052815f206044358252602052206040519061319a82613cca565b546001600160401b038082169283815260ff604060208301928486831c168452019360801c1615158352604051938452511660208301525115156040820152f35b503461029d5760c036600319011261029d57600435906001600160401b03821680830361036b576024359261320e613ae1565b936064359463ffffffff8616808703612aa4576084356001600160401b038111611af057613240903690600401613b44565b97909160a4356001600160401b0381116105325761326561326f913690600401613b71565b9190938688613d74565b92868a52600a60205260408a206001600160401b0387165f5260205260405f206001840163ffffffff81116135c75763ffffffff165f52602052600160405f20015460c01c61358a57906132c5918b8686614591565b1561355e576132d2613e56565b50605989036135325788602011611aec578235928960301161053257602881013560c01c996059116105325760390135956040519361331085613cca565b845289602085015260408401968752858952600b602052604089206001600160401b0386165f5260205260405f2084518a526020526001600160401b0360408a205416998a8181105f146135295761336791613de4565b905b88158015613517575b6134c35750506001600160401b0361338b888a9b613e36565b1690858952600b602052604089206001600160401b0386165f5260205260405f2084518a52602052604089206001600160401b0383166001600160401b0319825416179055858952600a602052604089206001600160401b0386165f5260205260405f20815f5260205263ffffffff600160405f20015460801c1693519651936001600160401b036040519616865260208601526040850152866060850152608084015260a083015260c08201527faf725803a6f22f326c639099837384629deee781ce9376eebe4976b0f866cadc60e03392a46001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001690813b15612637578291604483926040519485938492632770a7eb60e21b845233600485015260248401525af1801561262c5761261b5750f35b84516040517f5ceb624300000000000000000000000000000000000000000000000000000000815260048101919091526001600160401b038781166024830152918216604482015291166064820152608490fd5b506001600160401b0382168911613372565b50508890613369565b6024888a7f89d80298000000000000000000000000000000000000000000000000000000008252600452fd5b602488837f2dee7744000000000000000000000000000000000000000000000000000000008252600452fd5b60648a846001600160401b03898b7f77f84b7d00000000000000000000000000000000000000000000000000000000855260045216602452604452fd5b60248c634e487b7160e01b81526011600452fd5b50346136c65760e03660031901126136c65760443560843560ff81168091036136c6576136066140ff565b6001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001690813b156136c6575f9160e4839260405194859384927fd505accf0000000000000000000000000000000000000000000000000000000084523360048501523060248501528860448501526064356064850152608484015260a43560a484015260c43560c48401525af16136af575b5061120990602435600435614183565b6136bc9192505f90613d53565b5f9061120961369f565b5f80fd5b346136c6575f3660031901126136c65760035460ff6004541660405180916020600554928381520191838360055f527f036b6384b5eca791c62761152d0c79bb0604c104a5fb6f4eb0703f3154bb3db0925f5b81811061378657505061373292500384613d53565b6040519260608401948452606060208501525180945260808301915f945b80861061376557505082935060408301520390f35b90926020806001926001600160a01b03875116815201940195019490613750565b84546001600160a01b031683526001948501948894506020909301920161371d565b346136c65760203660031901126136c6575f60606040516137c881613caf565b82815282602082015282604082015201526004355f52600c602052608060405f206001600160401b03604051916137fe83613caf565b5481808216938481528160208201818560401c1681526060604084019383878b1c168552019460c01c8552604051968752511660208601525116604084015251166060820152f35b346136c6575f3660031901126136c65761385e614001565b6002548060d01c8061387c575b600280546001600160a01b03169055005b4211156138bd5779ffffffffffffffffffffffffffffffffffffffffffffffffffff6001600160d01b03196001549260301b169116176001555b808061386b565b507f2b1fa2edafe6f7b9e97c1a9e0c3660e645beb2dcaa2d45bdbf9beaf5472e1ec55f80a16138b6565b346136c65760206131356138fa36613b0d565b91613d74565b346136c65761390e36613b0d565b915f60a060405161391e81613c80565b82815282602082015282604082015282606082015282608082015201525f52600a6020526001600160401b0360405f2091165f5260205263ffffffff60405f2091165f5260205260c060405f206001600160401b0360405161397f81613c80565b63ffffffff6001845494858452015491816020820185851681528560408401818760401c168152816060860193858960801c16855260a06080880197878b831c16895201988c1c89526040519a8b52511660208a0152511660408801525116606086015251166080840152511660a0820152f35b346136c6575f3660031901126136c6576020604051620697808152f35b346136c65760203660031901126136c657600435907fffffffff0000000000000000000000000000000000000000000000000000000082168092036136c657817f314987860000000000000000000000000000000000000000000000000000000060209314908115613a84575b5015158152f35b7f7965db0b00000000000000000000000000000000000000000000000000000000811491508115613ab7575b5083613a7d565b7f01ffc9a70000000000000000000000000000000000000000000000000000000091501483613ab0565b604435906001600160401b03821682036136c657565b602435906001600160401b03821682036136c657565b60609060031901126136c657600435906024356001600160401b03811681036136c6579060443563ffffffff811681036136c65790565b9181601f840112156136c6578235916001600160401b0383116136c657602083818601950101116136c657565b9181601f840112156136c6578235916001600160401b0383116136c6576020808501948460051b0101116136c657565b602435906001600160a01b03821682036136c657565b60806003198201126136c6576004356001600160401b0381116136c65781613be191600401613b44565b92909291602435916044356001600160401b03811681036136c65791606435906001600160401b0382116136c657613c1b91600401613b44565b9091565b9060606003198301126136c6576004356001600160401b03811681036136c657916024356001600160401b0381116136c65781613c5e91600401613b44565b92909291604435906001600160401b0382116136c657613c1b91600401613b71565b60c081019081106001600160401b03821117613c9b57604052565b634e487b7160e01b5f52604160045260245ffd5b608081019081106001600160401b03821117613c9b57604052565b606081019081106001600160401b03821117613c9b57604052565b61010081019081106001600160401b03821117613c9b57604052565b60a081019081106001600160401b03821117613c9b57604052565b61016081019081106001600160401b03821117613c9b57604052565b60e081019081106001600160401b03821117613c9b57604052565b90601f801991011681019081106001600160401b03821117613c9b57604052565b9190825f52600a60205260405f206001600160401b0382165f5260205260405f2063ffffffff83165f5260205260405f2092600184015460c01c15613dba575050505490565b63ffffffff92916001600160401b039163bf4b442360e01b5f52600452166024521660445260645ffd5b906001600160401b03809116911603906001600160401b038211613e0457565b634e487b7160e01b5f52601160045260245ffd5b6001600160401b036001911601906001600160401b038211613e0457565b906001600160401b03809116911601906001600160401b038211613e0457565b60405190613e6382613cca565b5f6040838281528260208201520152565b63ffffffff7f00000000000000000000000000000000000000000000000000000000000000001662093a80016001600160401b038111613e045790565b63ffffffff5f199116019063ffffffff8211613e0457565b91908201809211613e0457565b8115613ee0570490565b634e487b7160e01b5f52601260045260245ffd5b6002548060d01c8015159081613f23575b5015613f195760a01c65ffffffffffff1690565b5060015460d01c90565b905042115f613f05565b906001600160401b03168015159182613fa8575b82613f4b57505090565b9091505f52600d60205260405f20905f526020526001600160401b03613fa181600160405f2001541663ffffffff7f00000000000000000000000000000000000000000000000000000000000000001690613e36565b1642101590565b8092505f52600c6020526001600160401b0360405f20541681111591613f41565b9190811015613fd95760051b0190565b634e487b7160e01b5f52603260045260245ffd5b356001600160a01b03811681036136c65790565b335f9081527fad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5602052604090205460ff161561403957565b63e2517d3f60e01b5f52336004525f60245260445ffd5b335f9081527fc05ec64e211cc9b3f20351aa917dc92f371c52a9ae3566b93bf47db2074b0329602052604090205460ff161561408857565b63e2517d3f60e01b5f52336004527f8b5b16d04624687fcf0d0228f19993c9157c1ed07b41d8d430fd9100eb099fe860245260445ffd5b805f525f60205260405f206001600160a01b0333165f5260205260ff60405f205416156140e95750565b63e2517d3f60e01b5f523360045260245260445ffd5b60027f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f00541461414e5760027f9b779b17422d0df92223018b32b4d1fa46e071723d6817e2486d003becc55f0055565b7f3ee5aeb5000000000000000000000000000000000000000000000000000000005f5260045ffd5b91908203918211613e0457565b805f5260086020526001600160401b0360405f2054161561453a57805f52600e60205260405f2060015f5260205260405f20825f5260205260ff60405f205460801c1661452557805f52600c60205260405f2092801580156144c9575b61449e576001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000166040516370a0823160e01b8152306004820152602081602481855afa908115614430575f9161446c575b50604051917f23b872dd000000000000000000000000000000000000000000000000000000005f5233600452306024528360445260205f60648180855af160015f511481161561444d575b836040525f6060521561443b57826024816020936370a0823160e01b82523060048301525afa8015614430575f906143fc575b6142c09250614176565b8181036143cd57506001600160401b036143149116936142ed856001600160401b03835460801c16613e36565b67ffffffffffffffff60801b1967ffffffffffffffff60801b83549260801b169116179055565b805f52601060205260405f20825f5260205260405f206001600160a01b0333165f5260205260405f20435f5260205261439f60405f206001600160401b0361435f8682845416613e36565b825467ffffffffffffffff60401b4260401b166fffffffffffffffffffffffffffffffff199091169190921667ffffffffffffffff60401b191617179055565b6040519283527f57e21cf25d99d206773d356075c00959702b97cf0a61db41c785ac4945ed5db360203394a4565b907f9d8cb6b8000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b506020823d602011614428575b8161441660209383613d53565b810103126136c6576142c091516142b6565b3d9150614409565b6040513d5f823e3d90fd5b635274afe760e01b5f5260045260245ffd5b600181151661446357813b15153d151616614283565b833d5f823e3d90fd5b90506020813d602011614496575b8161448760209383613d53565b810103126136c657515f614238565b3d915061447a565b7f3728b83d000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b506001600160401b037f0000000000000000000000000000000000000000000000000000000000000000168015613ee05761451d6001600160401b039182875460801c1690677fffffffffffffff04613de4565b1681116141e0565b6346413d4f60e01b5f5260045260245260445ffd5b631a09be0560e01b5f5260045260245ffd5b9291926001600160401b038211613c9b5760405191614575601f8201601f191660200184613d53565b8294818452818301116136c6578281602093845f960137010152565b93919061459f91369161454c565b6020815191012060405160208101918252602081526145bf604082613d53565b519020915f915b8083106145d4575050501490565b9091926145e2848385613fc9565b359081811015614601575f52602052600160405f205b930191906145c6565b905f52602052600160405f206145f8565b9065ffffffffffff8091169116019065ffffffffffff8211613e0457565b60ff6007541661463c57565b7fd93c0665000000000000000000000000000000000000000000000000000000005f5260045ffd5b906020811015613fd95760051b0190565b909493946003548084036148b357506001600160401b039161469891369161454c565b602081519101209260405192602084019485526040840152166060820152606081526146c5608082613d53565b5190209060ff600454169160018301809311613e04576041830283810460411484151715613e04578083036148845750604051936104006147068187613d53565b3686375f5b84811061471a57505050505050565b6041810281810460411482151715613e04576001820190818311613e0457604182029180830460411490151715613e04578181116136c6578582116136c65780840191038060401015613fd957604082013560f81c6001811161487157601b019060ff8211613e0457806020116136c6578235906040116136c65760206147a49301359186615372565b50600481101561485d5761484a576001600160a01b0316805f52600660205260405f205490811561481f576147d98289614664565b516147f457509060016147ed819389614664565b520161470b565b7f7451f83e000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7fd7e8a2c2000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b506376f0ccb160e11b5f5260045260245ffd5b634e487b7160e01b5f52602160045260245ffd5b836376f0ccb160e11b5f5260045260245ffd5b827f0d17655f000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b837f5aca4608000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b6001600160801b0362057e40911602906001600160801b038216918203613e0457565b6001600160801b036069911602906001600160801b038216918203613e0457565b906001600160801b03809116911602906001600160801b038216918203613e0457565b906001600160801b03809116911601906001600160801b038211613e0457565b906001600160801b03809116911603906001600160801b038211613e0457565b6040519061499682613d38565b5f60c0838281528260208201528260408201528260608201528260808201528260a08201520152565b92949390946149cc614989565b506149d5614989565b50607d8303614c2a57826010116136c6576fffffffffffffffffffffffffffffffff198635167f776174746c652f62616c616e63652f31000000000000000000000000000000008103614bff575082606d116136c657606586013560c01c92607581106136c657606d87013560c01c607d82106136c657607588013560c01c90603083106136c6576010890135958360301015613fd957836051116136c65760318a0135846065116136c65760405197614a8e89613d38565b885260308b013560f81c6020890152604088015260518a013560601c60608801528060808801528160a08801528260c0880152677fffffffffffffff81118015614bee575b8015614bdd575b614b9d575050508396614aee868651613f2d565b15614b635790614b2093929185515f52600d60205260405f206001600160401b0388165f5260205260405f2054614591565b15614b29575050565b6001600160401b039250517fe861d013000000000000000000000000000000000000000000000000000000005f526004521660245260445ffd5b6001600160401b038686517f4781cd1c000000000000000000000000000000000000000000000000000000005f526004521660245260445ffd5b7f94691877000000000000000000000000000000000000000000000000000000005f526001600160401b039081166004529081166024521660445260645ffd5b50677fffffffffffffff8311614ada565b50677fffffffffffffff8211614ad3565b7f9310efd8000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b827f792b6bd1000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b600160ff60208301511603614d1e5780515f52600f60205260405f2060408201515f526020526001600160a01b0380606060405f2093015116165f526020526001600160401b0360405f2054168015159081614cf9575b81614cb6575090565b9050614cc0613e74565b60011b906801fffffffffffffffe67fffffffffffffffe831692168203613e04576001600160401b0391614cf391613e36565b16421090565b90506001600160401b03614d14614d0e613e74565b83613e36565b1642101590614cad565b505f90565b909291926001600160a01b0360608301511615614ef357614eef9082515f52600e60205260405f2060ff80602086015116165f5260205260405f2060408401515f52602052614ea06001600160401b0360405f209685515f52600c602052614db260405f2094837f00000000000000000000000000000000000000000000000000000000000000001690613ed6565b8280808b54938185168103908111150281614dd78a54828160c01c9160801c16613de4565b1690818082109118021816985193169160401c1681039081111502905f52600960205260405f206001600160801b03614e2181835416938480821091180284189382851690614969565b166fffffffffffffffffffffffffffffffff1982541617905516956001600160401b03614e518682845416613e36565b166001600160401b03198254161781556001600160401b03614e798882845460401c16613e36565b825467ffffffffffffffff60401b1916911660401b67ffffffffffffffff60401b16179055565b614eae83825460c01c613e36565b77ffffffffffffffffffffffffffffffffffffffffffffffff77ffffffffffffffffffffffffffffffffffffffffffffffff1983549260c01b169116179055565b9190565b5060408151910151907f5eea492a000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b916001600160401b031680614f82575b506001600160401b031680614f4d575050565b614f80916001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001661509b565b565b60405163a9059cbb60e01b81526001600160a01b03841660048201526024810191909152602081806044810103815f6001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165af180156144305715614f3a576020813d602011615018575b8161500160209383613d53565b810103126136c65751801515036136c6575f614f3a565b3d9150614ff4565b7f00000000000000000000000000000000000000000000000000000000000000006001600160401b039081169316838102938115918504141715613e045782821161506a57505050565b7fdfad1bdd000000000000000000000000000000000000000000000000000000005f5260045260245260445260645ffd5b916001600160a01b036040519263a9059cbb60e01b5f521660045260245260205f60448180865af19060015f51148216156150f8575b604052156150dc5750565b6001600160a01b0390635274afe760e01b5f521660045260245ffd5b90600181151661511057823b15153d151616906150d1565b503d5f823e3d90fd5b906001600160801b0381166001600160801b038316105f14615139575090565b905090565b600254906001600160a01b038216615183576151809173ffffffffffffffffffffffffffffffffffffffff196001600160a01b0383169116176002555f61548e565b90565b631fe1e13d60e11b5f5260045ffd5b9081156151a3575b6151809161548e565b600254916001600160a01b0383166151835773ffffffffffffffffffffffffffffffffffffffff199092166001600160a01b0382161760025561519a565b615180906001600160a01b03600254166001600160a01b03821614615207575b5f61551b565b73ffffffffffffffffffffffffffffffffffffffff1960025416600255615201565b906151809180158061525d575b1561551b5773ffffffffffffffffffffffffffffffffffffffff196002541660025561551b565b506001600160a01b03600254166001600160a01b03831614615236565b65ffffffffffff81116152925765ffffffffffff1690565b7f6dfcc650000000000000000000000000000000000000000000000000000000005f52603060045260245260445ffd5b9063ffffffff1690603c8214918215615366575b821561535a575b821561534e575b8215615342575b82615325575b826152fb57505090565b909150643afff44180036001600160401b038111613e04576001600160401b038091169116111590565b80925015613ee0576001600160401b0382818316061615916152f1565b610e10811492506152eb565b610708811492506152e4565b610384811492506152dd565b61012c811492506152d6565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a084116153e9579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15614430575f516001600160a01b038116156153df57905f905f90565b505f906001905f90565b5050505f9160039190565b9290926001600160801b0380825460801c9461543682861685906001600160801b036fffffffffffffffffffffffffffffffff1983549260801b169116179055565b16166fffffffffffffffffffffffffffffffff1982541617905581810361545c57505050565b7fa125dff71047bd3f2eb7d329e384be1cee0c688305cf979467bc34e0c475e7789160409182519182526020820152a2565b805f525f60205260405f206001600160a01b0383165f5260205260ff60405f205416155f1461551557805f525f60205260405f206001600160a01b0383165f5260205260405f20600160ff198254161790556001600160a01b03339216907f2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d5f80a4600190565b50505f90565b805f525f60205260405f206001600160a01b0383165f5260205260ff60405f2054165f1461551557805f525f60205260405f206001600160a01b0383165f5260205260405f2060ff1981541690556001600160a01b03339216907ff6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b5f80a4600190566101806040523461046057604051610018604082610464565b600d8152602081016c576174746c6520456e6572677960981b815260405190610042604083610464565b600d82526c576174746c6520456e6572677960981b60208301526040519261006b604085610464565b60038452620d6aed60eb1b60208501526040519361008a604086610464565b60018552603160f81b60208601908152845190946001600160401b03821161035b5760035490600182811c92168015610456575b602083101461033d5781601f8493116103e0575b50602090601f831160011461037a575f9261036f575b50508160011b915f199060031b1c1916176003555b8051906001600160401b03821161035b5760045490600182811c92168015610351575b602083101461033d5781601f8493116102c7575b50602090601f8311600114610261575f92610256575b50508160011b915f199060031b1c1916176004555b61016881610487565b6101205261017584610487565b61014052519020918260e05251902080610100524660a0526040519060208201927f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f8452604083015260608201524660808201523060a082015260a081526101de60c082610464565b5190206080523060c0523361016052604051610e6590816104f3823960805181610b7c015260a05181610c39015260c05181610b4d015260e05181610bcb01526101005181610bf1015261012051816105230152610140518161054c015261016051818181610302015281816106b5015261079a0152f35b015190505f8061014a565b60045f9081528281209350601f198516905b8181106102af5750908460019594939210610297575b505050811b0160045561015f565b01515f1960f88460031b161c191690555f8080610289565b92936020600181928786015181550195019301610273565b828111156101345760045f52909150601f830160051c7f8a35acfbc15ff81a39ae7d344fd709f28e8600b4aa8c65c6b64bfe7fe36bd19b60208510610335575b849392601f0160051c82900391015f5b828110610325575050610134565b5f81830155859450600101610317565b5f9150610307565b634e487b7160e01b5f52602260045260245ffd5b91607f1691610120565b634e487b7160e01b5f52604160045260245ffd5b015190505f806100e8565b60035f9081528281209350601f198516905b8181106103c857509084600195949392106103b0575b505050811b016003556100fd565b01515f1960f88460031b161c191690555f80806103a2565b9293602060018192878601518155019501930161038c565b828111156100d25760035f52909150601f830160051c7fc2575a0e9e593c00f959f8c92f12db2869c3395a3b0502d05e2516446f71f85b6020851061044e575b849392601f0160051c82900391015f5b82811061043e5750506100d2565b5f81830155859450600101610430565b5f9150610420565b91607f16916100be565b5f80fd5b601f909101601f19168101906001600160401b0382119082101761035b57604052565b601f8151116104b25760208151910151602082106104a3571790565b5f198260200360031b1b161790565b604460209160405192839163305a27a960e01b83528160048401528051918291826024860152018484015e5f828201840152601f01601f19168101030190fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816306fdde031461096e57508063095ea7b31461094857806318160ddd1461092b57806323b872dd146107fb578063313ce567146107e05780633644e515146107be578063365a86fc1461077b57806340c10f191461068e57806370a08231146106575780637ecebe001461061f57806384b0196e1461050b57806395d89b41146103ff5780639dc29fac146102db578063a9059cbb146102aa578063d505accf146101245763dd62ed3e146100cc575f80fd5b34610120576040366003190112610120576100e5610a4a565b6001600160a01b036100f5610a60565b91165f5260016020526001600160a01b0360405f2091165f52602052602060405f2054604051908152f35b5f80fd5b346101205760e03660031901126101205761013d610a4a565b610145610a60565b604435906064359260843560ff811681036101205784421161027e576102396102306001600160a01b039283851697885f52600760205260405f20908154916001830190556040519060208201927f6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c984528b6040840152878a1660608401528a608084015260a083015260c082015260c081526101e360e082610a76565b5190206101ee610b43565b90604051917f190100000000000000000000000000000000000000000000000000000000000083526002830152602282015260c43591604260a4359220610d19565b90929192610da6565b1684810361024e575061024c9350610c5f565b005b84907f4b800e46000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b847f62791302000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b34610120576040366003190112610120576102d06102c6610a4a565b6024359033610aac565b602060405160018152f35b34610120576040366003190112610120576102f4610a4a565b602435906001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001633036103d3576001600160a01b031680156103a757805f525f60205260405f205482811061038e576020835f947fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef938587528684520360408620558060025403600255604051908152a3005b9063391434e360e21b5f5260045260245260445260645ffd5b7f96c6fd1e000000000000000000000000000000000000000000000000000000005f525f60045260245ffd5b7f727fe12b000000000000000000000000000000000000000000000000000000005f523360045260245ffd5b34610120575f366003190112610120576040515f6004548060011c90600181168015610501575b6020831081146104ed578285529081156104c9575060011461046b575b6104678361045381850382610a76565b604051918291602083526020830190610a26565b0390f35b91905060045f527f8a35acfbc15ff81a39ae7d344fd709f28e8600b4aa8c65c6b64bfe7fe36bd19b915f905b8082106104af57509091508101602001610453610443565b919260018160209254838588010152019101909291610497565b60ff191660208086019190915291151560051b840190910191506104539050610443565b634e487b7160e01b5f52602260045260245ffd5b91607f1691610426565b34610120575f366003190112610120576105c36105477f0000000000000000000000000000000000000000000000000000000000000000610cc2565b6105707f0000000000000000000000000000000000000000000000000000000000000000610cc2565b60206105d1604051926105838385610a76565b5f84525f3681376040519586957f0f00000000000000000000000000000000000000000000000000000000000000875260e08588015260e0870190610a26565b908582036040870152610a26565b4660608501523060808501525f60a085015283810360c08501528180845192838152019301915f5b82811061060857505050500390f35b8351855286955093810193928101926001016105f9565b34610120576020366003190112610120576001600160a01b03610640610a4a565b165f526007602052602060405f2054604051908152f35b34610120576020366003190112610120576001600160a01b03610678610a4a565b165f525f602052602060405f2054604051908152f35b34610120576040366003190112610120576106a7610a4a565b602435906001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001633036103d3576001600160a01b031690811561074f576002549080820180921161073b5760207fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef915f9360025584845283825260408420818154019055604051908152a3005b634e487b7160e01b5f52601160045260245ffd5b7fec442f05000000000000000000000000000000000000000000000000000000005f525f60045260245ffd5b34610120575f3660031901126101205760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610120575f3660031901126101205760206107d8610b43565b604051908152f35b34610120575f36600319011261012057602060405160038152f35b3461012057606036600319011261012057610814610a4a565b61081c610a60565b604435906001600160a01b03831692835f52600160205260405f206001600160a01b0333165f5260205260405f20545f19811061085f575b506102d09350610aac565b8381106108f75784156108cb57331561089f576102d0945f52600160205260405f206001600160a01b0333165f526020528360405f209103905584610854565b7f94280d62000000000000000000000000000000000000000000000000000000005f525f60045260245ffd5b7fe602df05000000000000000000000000000000000000000000000000000000005f525f60045260245ffd5b83907ffb8f41b2000000000000000000000000000000000000000000000000000000005f523360045260245260445260645ffd5b34610120575f366003190112610120576020600254604051908152f35b34610120576040366003190112610120576102d0610964610a4a565b6024359033610c5f565b34610120575f366003190112610120575f6003548060011c90600181168015610a1c575b6020831081146104ed578285529081156104c957506001146109be576104678361045381850382610a76565b91905060035f527fc2575a0e9e593c00f959f8c92f12db2869c3395a3b0502d05e2516446f71f85b915f905b808210610a0257509091508101602001610453610443565b9192600181602092548385880101520191019092916109ea565b91607f1691610992565b805180835260209291819084018484015e5f828201840152601f01601f1916010190565b600435906001600160a01b038216820361012057565b602435906001600160a01b038216820361012057565b90601f8019910116810190811067ffffffffffffffff821117610a9857604052565b634e487b7160e01b5f52604160045260245ffd5b6001600160a01b03169081156103a7576001600160a01b031691821561074f57815f525f60205260405f2054818110610b2a57817fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef92602092855f525f84520360405f2055845f525f825260405f20818154019055604051908152a3565b8263391434e360e21b5f5260045260245260445260645ffd5b6001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016301480610c36575b15610b9e577f000000000000000000000000000000000000000000000000000000000000000090565b60405160208101907f8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f82527f000000000000000000000000000000000000000000000000000000000000000060408201527f000000000000000000000000000000000000000000000000000000000000000060608201524660808201523060a082015260a08152610c3060c082610a76565b51902090565b507f00000000000000000000000000000000000000000000000000000000000000004614610b75565b6001600160a01b03169081156108cb576001600160a01b031691821561089f5760207f8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b92591835f526001825260405f20855f5282528060405f2055604051908152a3565b60ff811690601f8211610cf15760405191610cde604084610a76565b6020808452838101919036833783525290565b7fb3512b0c000000000000000000000000000000000000000000000000000000005f5260045ffd5b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411610d9b579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15610d90575f516001600160a01b03811615610d8657905f905f90565b505f906001905f90565b6040513d5f823e3d90fd5b5050505f9160039190565b6004811015610e515780610db8575050565b60018103610de8577ff645eedf000000000000000000000000000000000000000000000000000000005f5260045ffd5b60028103610e1c57507ffce698f7000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b600314610e265750565b7fd78bce0c000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b634e487b7160e01b5f52602160045260245ffd",
}

// Hub is an auto generated Go binding around an Ethereum contract.
type Hub struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Hub) GetABI() abi.ABI {
	return c.abi
}

// NewHub creates a new instance of Hub.
func NewHub() *Hub {
	parsed, err := HubMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Hub{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Hub) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address money, uint32 challengeWindow, address admin, uint48 adminDelay) returns()
func (hub *Hub) PackConstructor(money common.Address, challengeWindow uint32, admin common.Address, adminDelay *big.Int) []byte {
	enc, err := hub.abi.Pack("", money, challengeWindow, admin, adminDelay)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackCONFIGURATOR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfb7bf61a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function CONFIGURATOR() view returns(bytes32)
func (hub *Hub) PackCONFIGURATOR() []byte {
	enc, err := hub.abi.Pack("CONFIGURATOR")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCONFIGURATOR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfb7bf61a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function CONFIGURATOR() view returns(bytes32)
func (hub *Hub) TryPackCONFIGURATOR() ([]byte, error) {
	return hub.abi.Pack("CONFIGURATOR")
}

// UnpackCONFIGURATOR is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfb7bf61a.
//
// Solidity: function CONFIGURATOR() view returns(bytes32)
func (hub *Hub) UnpackCONFIGURATOR(data []byte) ([32]byte, error) {
	out, err := hub.abi.Unpack("CONFIGURATOR", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackDEFAULTADMINROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa217fddf.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function DEFAULT_ADMIN_ROLE() view returns(bytes32)
func (hub *Hub) PackDEFAULTADMINROLE() []byte {
	enc, err := hub.abi.Pack("DEFAULT_ADMIN_ROLE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDEFAULTADMINROLE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa217fddf.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function DEFAULT_ADMIN_ROLE() view returns(bytes32)
func (hub *Hub) TryPackDEFAULTADMINROLE() ([]byte, error) {
	return hub.abi.Pack("DEFAULT_ADMIN_ROLE")
}

// UnpackDEFAULTADMINROLE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa217fddf.
//
// Solidity: function DEFAULT_ADMIN_ROLE() view returns(bytes32)
func (hub *Hub) UnpackDEFAULTADMINROLE(data []byte) ([32]byte, error) {
	out, err := hub.abi.Unpack("DEFAULT_ADMIN_ROLE", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackGUARDIAN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x724c184c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function GUARDIAN() view returns(bytes32)
func (hub *Hub) PackGUARDIAN() []byte {
	enc, err := hub.abi.Pack("GUARDIAN")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGUARDIAN is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x724c184c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function GUARDIAN() view returns(bytes32)
func (hub *Hub) TryPackGUARDIAN() ([]byte, error) {
	return hub.abi.Pack("GUARDIAN")
}

// UnpackGUARDIAN is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x724c184c.
//
// Solidity: function GUARDIAN() view returns(bytes32)
func (hub *Hub) UnpackGUARDIAN(data []byte) ([32]byte, error) {
	out, err := hub.abi.Unpack("GUARDIAN", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackREGISTRAR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcb609077.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function REGISTRAR() view returns(bytes32)
func (hub *Hub) PackREGISTRAR() []byte {
	enc, err := hub.abi.Pack("REGISTRAR")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackREGISTRAR is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcb609077.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function REGISTRAR() view returns(bytes32)
func (hub *Hub) TryPackREGISTRAR() ([]byte, error) {
	return hub.abi.Pack("REGISTRAR")
}

// UnpackREGISTRAR is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xcb609077.
//
// Solidity: function REGISTRAR() view returns(bytes32)
func (hub *Hub) UnpackREGISTRAR(data []byte) ([32]byte, error) {
	out, err := hub.abi.Unpack("REGISTRAR", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackAcceptDefaultAdminTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcefc1429.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function acceptDefaultAdminTransfer() returns()
func (hub *Hub) PackAcceptDefaultAdminTransfer() []byte {
	enc, err := hub.abi.Pack("acceptDefaultAdminTransfer")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAcceptDefaultAdminTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcefc1429.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function acceptDefaultAdminTransfer() returns()
func (hub *Hub) TryPackAcceptDefaultAdminTransfer() ([]byte, error) {
	return hub.abi.Pack("acceptDefaultAdminTransfer")
}

// PackBeginDefaultAdminTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x634e93da.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function beginDefaultAdminTransfer(address newAdmin) returns()
func (hub *Hub) PackBeginDefaultAdminTransfer(newAdmin common.Address) []byte {
	enc, err := hub.abi.Pack("beginDefaultAdminTransfer", newAdmin)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBeginDefaultAdminTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x634e93da.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function beginDefaultAdminTransfer(address newAdmin) returns()
func (hub *Hub) TryPackBeginDefaultAdminTransfer(newAdmin common.Address) ([]byte, error) {
	return hub.abi.Pack("beginDefaultAdminTransfer", newAdmin)
}

// PackCancelDefaultAdminTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd602b9fd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function cancelDefaultAdminTransfer() returns()
func (hub *Hub) PackCancelDefaultAdminTransfer() []byte {
	enc, err := hub.abi.Pack("cancelDefaultAdminTransfer")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCancelDefaultAdminTransfer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd602b9fd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function cancelDefaultAdminTransfer() returns()
func (hub *Hub) TryPackCancelDefaultAdminTransfer() ([]byte, error) {
	return hub.abi.Pack("cancelDefaultAdminTransfer")
}

// PackChallengeWindow is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x861a1412.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function challengeWindow() view returns(uint32)
func (hub *Hub) PackChallengeWindow() []byte {
	enc, err := hub.abi.Pack("challengeWindow")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChallengeWindow is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x861a1412.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function challengeWindow() view returns(uint32)
func (hub *Hub) TryPackChallengeWindow() ([]byte, error) {
	return hub.abi.Pack("challengeWindow")
}

// UnpackChallengeWindow is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x861a1412.
//
// Solidity: function challengeWindow() view returns(uint32)
func (hub *Hub) UnpackChallengeWindow(data []byte) (uint32, error) {
	out, err := hub.abi.Unpack("challengeWindow", data)
	if err != nil {
		return *new(uint32), err
	}
	out0 := *abi.ConvertType(out[0], new(uint32)).(*uint32)
	return out0, nil
}

// PackChangeDefaultAdminDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x649a5ec7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function changeDefaultAdminDelay(uint48 newDelay) returns()
func (hub *Hub) PackChangeDefaultAdminDelay(newDelay *big.Int) []byte {
	enc, err := hub.abi.Pack("changeDefaultAdminDelay", newDelay)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChangeDefaultAdminDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x649a5ec7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function changeDefaultAdminDelay(uint48 newDelay) returns()
func (hub *Hub) TryPackChangeDefaultAdminDelay(newDelay *big.Int) ([]byte, error) {
	return hub.abi.Pack("changeDefaultAdminDelay", newDelay)
}

// PackClaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xafb2e4df.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claim(uint64 number, bytes leaf, bytes32[] proof) returns(uint64 amount, uint64 energy)
func (hub *Hub) PackClaim(number uint64, leaf []byte, proof [][32]byte) []byte {
	enc, err := hub.abi.Pack("claim", number, leaf, proof)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xafb2e4df.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claim(uint64 number, bytes leaf, bytes32[] proof) returns(uint64 amount, uint64 energy)
func (hub *Hub) TryPackClaim(number uint64, leaf []byte, proof [][32]byte) ([]byte, error) {
	return hub.abi.Pack("claim", number, leaf, proof)
}

// ClaimOutput serves as a container for the return parameters of contract
// method Claim.
type ClaimOutput struct {
	Amount uint64
	Energy uint64
}

// UnpackClaim is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xafb2e4df.
//
// Solidity: function claim(uint64 number, bytes leaf, bytes32[] proof) returns(uint64 amount, uint64 energy)
func (hub *Hub) UnpackClaim(data []byte) (ClaimOutput, error) {
	out, err := hub.abi.Unpack("claim", data)
	outstruct := new(ClaimOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Amount = *abi.ConvertType(out[0], new(uint64)).(*uint64)
	outstruct.Energy = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackDefaultAdmin is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84ef8ffc.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function defaultAdmin() view returns(address)
func (hub *Hub) PackDefaultAdmin() []byte {
	enc, err := hub.abi.Pack("defaultAdmin")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDefaultAdmin is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84ef8ffc.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function defaultAdmin() view returns(address)
func (hub *Hub) TryPackDefaultAdmin() ([]byte, error) {
	return hub.abi.Pack("defaultAdmin")
}

// UnpackDefaultAdmin is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x84ef8ffc.
//
// Solidity: function defaultAdmin() view returns(address)
func (hub *Hub) UnpackDefaultAdmin(data []byte) (common.Address, error) {
	out, err := hub.abi.Unpack("defaultAdmin", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackDefaultAdminDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcc8463c8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function defaultAdminDelay() view returns(uint48)
func (hub *Hub) PackDefaultAdminDelay() []byte {
	enc, err := hub.abi.Pack("defaultAdminDelay")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDefaultAdminDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcc8463c8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function defaultAdminDelay() view returns(uint48)
func (hub *Hub) TryPackDefaultAdminDelay() ([]byte, error) {
	return hub.abi.Pack("defaultAdminDelay")
}

// UnpackDefaultAdminDelay is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xcc8463c8.
//
// Solidity: function defaultAdminDelay() view returns(uint48)
func (hub *Hub) UnpackDefaultAdminDelay(data []byte) (*big.Int, error) {
	out, err := hub.abi.Unpack("defaultAdminDelay", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackDefaultAdminDelayIncreaseWait is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x022d63fb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function defaultAdminDelayIncreaseWait() view returns(uint48)
func (hub *Hub) PackDefaultAdminDelayIncreaseWait() []byte {
	enc, err := hub.abi.Pack("defaultAdminDelayIncreaseWait")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDefaultAdminDelayIncreaseWait is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x022d63fb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function defaultAdminDelayIncreaseWait() view returns(uint48)
func (hub *Hub) TryPackDefaultAdminDelayIncreaseWait() ([]byte, error) {
	return hub.abi.Pack("defaultAdminDelayIncreaseWait")
}

// UnpackDefaultAdminDelayIncreaseWait is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x022d63fb.
//
// Solidity: function defaultAdminDelayIncreaseWait() view returns(uint48)
func (hub *Hub) UnpackDefaultAdminDelayIncreaseWait(data []byte) (*big.Int, error) {
	out, err := hub.abi.Unpack("defaultAdminDelayIncreaseWait", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackDeposit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9844b73f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function deposit(bytes32 zone, bytes32 member, uint256 amount) returns()
func (hub *Hub) PackDeposit(zone [32]byte, member [32]byte, amount *big.Int) []byte {
	enc, err := hub.abi.Pack("deposit", zone, member, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDeposit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9844b73f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function deposit(bytes32 zone, bytes32 member, uint256 amount) returns()
func (hub *Hub) TryPackDeposit(zone [32]byte, member [32]byte, amount *big.Int) ([]byte, error) {
	return hub.abi.Pack("deposit", zone, member, amount)
}

// PackDepositWithPermit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1a6811ee.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function depositWithPermit(bytes32 zone, bytes32 member, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) returns()
func (hub *Hub) PackDepositWithPermit(zone [32]byte, member [32]byte, amount *big.Int, deadline *big.Int, v uint8, r [32]byte, s [32]byte) []byte {
	enc, err := hub.abi.Pack("depositWithPermit", zone, member, amount, deadline, v, r, s)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDepositWithPermit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1a6811ee.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function depositWithPermit(bytes32 zone, bytes32 member, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) returns()
func (hub *Hub) TryPackDepositWithPermit(zone [32]byte, member [32]byte, amount *big.Int, deadline *big.Int, v uint8, r [32]byte, s [32]byte) ([]byte, error) {
	return hub.abi.Pack("depositWithPermit", zone, member, amount, deadline, v, r, s)
}

// PackExitDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x28388630.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function exitDelay() view returns(uint64)
func (hub *Hub) PackExitDelay() []byte {
	enc, err := hub.abi.Pack("exitDelay")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackExitDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x28388630.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function exitDelay() view returns(uint64)
func (hub *Hub) TryPackExitDelay() ([]byte, error) {
	return hub.abi.Pack("exitDelay")
}

// UnpackExitDelay is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x28388630.
//
// Solidity: function exitDelay() view returns(uint64)
func (hub *Hub) UnpackExitDelay(data []byte) (uint64, error) {
	out, err := hub.abi.Unpack("exitDelay", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackExitRequestOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7ec805d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function exitRequestOf(bytes32 zone, bytes32 member, address by) view returns(uint64)
func (hub *Hub) PackExitRequestOf(zone [32]byte, member [32]byte, by common.Address) []byte {
	enc, err := hub.abi.Pack("exitRequestOf", zone, member, by)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackExitRequestOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7ec805d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function exitRequestOf(bytes32 zone, bytes32 member, address by) view returns(uint64)
func (hub *Hub) TryPackExitRequestOf(zone [32]byte, member [32]byte, by common.Address) ([]byte, error) {
	return hub.abi.Pack("exitRequestOf", zone, member, by)
}

// UnpackExitRequestOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc7ec805d.
//
// Solidity: function exitRequestOf(bytes32 zone, bytes32 member, address by) view returns(uint64)
func (hub *Hub) UnpackExitRequestOf(data []byte) (uint64, error) {
	out, err := hub.abi.Unpack("exitRequestOf", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackForceExit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x675a14ba.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function forceExit(uint64 number, bytes leaf, bytes32[] proof) returns(uint64 amount, uint64 energy)
func (hub *Hub) PackForceExit(number uint64, leaf []byte, proof [][32]byte) []byte {
	enc, err := hub.abi.Pack("forceExit", number, leaf, proof)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackForceExit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x675a14ba.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function forceExit(uint64 number, bytes leaf, bytes32[] proof) returns(uint64 amount, uint64 energy)
func (hub *Hub) TryPackForceExit(number uint64, leaf []byte, proof [][32]byte) ([]byte, error) {
	return hub.abi.Pack("forceExit", number, leaf, proof)
}

// ForceExitOutput serves as a container for the return parameters of contract
// method ForceExit.
type ForceExitOutput struct {
	Amount uint64
	Energy uint64
}

// UnpackForceExit is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x675a14ba.
//
// Solidity: function forceExit(uint64 number, bytes leaf, bytes32[] proof) returns(uint64 amount, uint64 energy)
func (hub *Hub) UnpackForceExit(data []byte) (ForceExitOutput, error) {
	out, err := hub.abi.Unpack("forceExit", data)
	outstruct := new(ForceExitOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Amount = *abi.ConvertType(out[0], new(uint64)).(*uint64)
	outstruct.Energy = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackGetRoleAdmin is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x248a9ca3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function getRoleAdmin(bytes32 role) view returns(bytes32)
func (hub *Hub) PackGetRoleAdmin(role [32]byte) []byte {
	enc, err := hub.abi.Pack("getRoleAdmin", role)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGetRoleAdmin is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x248a9ca3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function getRoleAdmin(bytes32 role) view returns(bytes32)
func (hub *Hub) TryPackGetRoleAdmin(role [32]byte) ([]byte, error) {
	return hub.abi.Pack("getRoleAdmin", role)
}

// UnpackGetRoleAdmin is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x248a9ca3.
//
// Solidity: function getRoleAdmin(bytes32 role) view returns(bytes32)
func (hub *Hub) UnpackGetRoleAdmin(data []byte) ([32]byte, error) {
	out, err := hub.abi.Unpack("getRoleAdmin", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackGrantRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2f2ff15d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function grantRole(bytes32 role, address account) returns()
func (hub *Hub) PackGrantRole(role [32]byte, account common.Address) []byte {
	enc, err := hub.abi.Pack("grantRole", role, account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGrantRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2f2ff15d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function grantRole(bytes32 role, address account) returns()
func (hub *Hub) TryPackGrantRole(role [32]byte, account common.Address) ([]byte, error) {
	return hub.abi.Pack("grantRole", role, account)
}

// PackHasRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91d14854.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function hasRole(bytes32 role, address account) view returns(bool)
func (hub *Hub) PackHasRole(role [32]byte, account common.Address) []byte {
	enc, err := hub.abi.Pack("hasRole", role, account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHasRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91d14854.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function hasRole(bytes32 role, address account) view returns(bool)
func (hub *Hub) TryPackHasRole(role [32]byte, account common.Address) ([]byte, error) {
	return hub.abi.Pack("hasRole", role, account)
}

// UnpackHasRole is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x91d14854.
//
// Solidity: function hasRole(bytes32 role, address account) view returns(bool)
func (hub *Hub) UnpackHasRole(data []byte) (bool, error) {
	out, err := hub.abi.Unpack("hasRole", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackIsPayable is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd9732610.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function isPayable(bytes32 zone, uint64 number) view returns(bool)
func (hub *Hub) PackIsPayable(zone [32]byte, number uint64) []byte {
	enc, err := hub.abi.Pack("isPayable", zone, number)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackIsPayable is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd9732610.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function isPayable(bytes32 zone, uint64 number) view returns(bool)
func (hub *Hub) TryPackIsPayable(zone [32]byte, number uint64) ([]byte, error) {
	return hub.abi.Pack("isPayable", zone, number)
}

// UnpackIsPayable is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd9732610.
//
// Solidity: function isPayable(bytes32 zone, uint64 number) view returns(bool)
func (hub *Hub) UnpackIsPayable(data []byte) (bool, error) {
	out, err := hub.abi.Unpack("isPayable", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackMoney is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4ddd108a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function money() view returns(address)
func (hub *Hub) PackMoney() []byte {
	enc, err := hub.abi.Pack("money")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackMoney is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4ddd108a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function money() view returns(address)
func (hub *Hub) TryPackMoney() ([]byte, error) {
	return hub.abi.Pack("money")
}

// UnpackMoney is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x4ddd108a.
//
// Solidity: function money() view returns(address)
func (hub *Hub) UnpackMoney(data []byte) (common.Address, error) {
	out, err := hub.abi.Unpack("money", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackNameplateOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2f49566a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function nameplateOf(bytes32 zone) view returns(uint64)
func (hub *Hub) PackNameplateOf(zone [32]byte) []byte {
	enc, err := hub.abi.Pack("nameplateOf", zone)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNameplateOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2f49566a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function nameplateOf(bytes32 zone) view returns(uint64)
func (hub *Hub) TryPackNameplateOf(zone [32]byte) ([]byte, error) {
	return hub.abi.Pack("nameplateOf", zone)
}

// UnpackNameplateOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2f49566a.
//
// Solidity: function nameplateOf(bytes32 zone) view returns(uint64)
func (hub *Hub) UnpackNameplateOf(data []byte) (uint64, error) {
	out, err := hub.abi.Unpack("nameplateOf", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8da5cb5b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function owner() view returns(address)
func (hub *Hub) PackOwner() []byte {
	enc, err := hub.abi.Pack("owner")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOwner is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8da5cb5b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function owner() view returns(address)
func (hub *Hub) TryPackOwner() ([]byte, error) {
	return hub.abi.Pack("owner")
}

// UnpackOwner is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8da5cb5b.
//
// Solidity: function owner() view returns(address)
func (hub *Hub) UnpackOwner(data []byte) (common.Address, error) {
	out, err := hub.abi.Unpack("owner", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackPaidTo is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x23a7ab66.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function paidTo(bytes32 zone, uint8 kind, bytes32 member) view returns((uint64,uint64,bool))
func (hub *Hub) PackPaidTo(zone [32]byte, kind uint8, member [32]byte) []byte {
	enc, err := hub.abi.Pack("paidTo", zone, kind, member)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPaidTo is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x23a7ab66.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function paidTo(bytes32 zone, uint8 kind, bytes32 member) view returns((uint64,uint64,bool))
func (hub *Hub) TryPackPaidTo(zone [32]byte, kind uint8, member [32]byte) ([]byte, error) {
	return hub.abi.Pack("paidTo", zone, kind, member)
}

// UnpackPaidTo is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x23a7ab66.
//
// Solidity: function paidTo(bytes32 zone, uint8 kind, bytes32 member) view returns((uint64,uint64,bool))
func (hub *Hub) UnpackPaidTo(data []byte) (IEscrowPaid, error) {
	out, err := hub.abi.Unpack("paidTo", data)
	if err != nil {
		return *new(IEscrowPaid), err
	}
	out0 := *abi.ConvertType(out[0], new(IEscrowPaid)).(*IEscrowPaid)
	return out0, nil
}

// PackPause is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8456cb59.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pause() returns()
func (hub *Hub) PackPause() []byte {
	enc, err := hub.abi.Pack("pause")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPause is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8456cb59.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pause() returns()
func (hub *Hub) TryPackPause() ([]byte, error) {
	return hub.abi.Pack("pause")
}

// PackPaused is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5c975abb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function paused() view returns(bool)
func (hub *Hub) PackPaused() []byte {
	enc, err := hub.abi.Pack("paused")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPaused is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5c975abb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function paused() view returns(bool)
func (hub *Hub) TryPackPaused() ([]byte, error) {
	return hub.abi.Pack("paused")
}

// UnpackPaused is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x5c975abb.
//
// Solidity: function paused() view returns(bool)
func (hub *Hub) UnpackPaused(data []byte) (bool, error) {
	out, err := hub.abi.Unpack("paused", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackPendingDefaultAdmin is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcf6eefb7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pendingDefaultAdmin() view returns(address newAdmin, uint48 schedule)
func (hub *Hub) PackPendingDefaultAdmin() []byte {
	enc, err := hub.abi.Pack("pendingDefaultAdmin")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPendingDefaultAdmin is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcf6eefb7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pendingDefaultAdmin() view returns(address newAdmin, uint48 schedule)
func (hub *Hub) TryPackPendingDefaultAdmin() ([]byte, error) {
	return hub.abi.Pack("pendingDefaultAdmin")
}

// PendingDefaultAdminOutput serves as a container for the return parameters of contract
// method PendingDefaultAdmin.
type PendingDefaultAdminOutput struct {
	NewAdmin common.Address
	Schedule *big.Int
}

// UnpackPendingDefaultAdmin is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xcf6eefb7.
//
// Solidity: function pendingDefaultAdmin() view returns(address newAdmin, uint48 schedule)
func (hub *Hub) UnpackPendingDefaultAdmin(data []byte) (PendingDefaultAdminOutput, error) {
	out, err := hub.abi.Unpack("pendingDefaultAdmin", data)
	outstruct := new(PendingDefaultAdminOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.NewAdmin = *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	outstruct.Schedule = abi.ConvertType(out[1], new(big.Int)).(*big.Int)
	return *outstruct, nil
}

// PackPendingDefaultAdminDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa1eda53c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pendingDefaultAdminDelay() view returns(uint48 newDelay, uint48 schedule)
func (hub *Hub) PackPendingDefaultAdminDelay() []byte {
	enc, err := hub.abi.Pack("pendingDefaultAdminDelay")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPendingDefaultAdminDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa1eda53c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pendingDefaultAdminDelay() view returns(uint48 newDelay, uint48 schedule)
func (hub *Hub) TryPackPendingDefaultAdminDelay() ([]byte, error) {
	return hub.abi.Pack("pendingDefaultAdminDelay")
}

// PendingDefaultAdminDelayOutput serves as a container for the return parameters of contract
// method PendingDefaultAdminDelay.
type PendingDefaultAdminDelayOutput struct {
	NewDelay *big.Int
	Schedule *big.Int
}

// UnpackPendingDefaultAdminDelay is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa1eda53c.
//
// Solidity: function pendingDefaultAdminDelay() view returns(uint48 newDelay, uint48 schedule)
func (hub *Hub) UnpackPendingDefaultAdminDelay(data []byte) (PendingDefaultAdminDelayOutput, error) {
	out, err := hub.abi.Unpack("pendingDefaultAdminDelay", data)
	outstruct := new(PendingDefaultAdminDelayOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.NewDelay = abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	outstruct.Schedule = abi.ConvertType(out[1], new(big.Int)).(*big.Int)
	return *outstruct, nil
}

// PackPost is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x653b3619.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function post(bytes report, bytes32 configDigest, uint64 sequence, bytes signatures) returns()
func (hub *Hub) PackPost(report []byte, configDigest [32]byte, sequence uint64, signatures []byte) []byte {
	enc, err := hub.abi.Pack("post", report, configDigest, sequence, signatures)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPost is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x653b3619.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function post(bytes report, bytes32 configDigest, uint64 sequence, bytes signatures) returns()
func (hub *Hub) TryPackPost(report []byte, configDigest [32]byte, sequence uint64, signatures []byte) ([]byte, error) {
	return hub.abi.Pack("post", report, configDigest, sequence, signatures)
}

// PackPurseOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0cf33058.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function purseOf(bytes32 zone) view returns((uint64,uint64,uint64,uint64))
func (hub *Hub) PackPurseOf(zone [32]byte) []byte {
	enc, err := hub.abi.Pack("purseOf", zone)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPurseOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0cf33058.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function purseOf(bytes32 zone) view returns((uint64,uint64,uint64,uint64))
func (hub *Hub) TryPackPurseOf(zone [32]byte) ([]byte, error) {
	return hub.abi.Pack("purseOf", zone)
}

// UnpackPurseOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x0cf33058.
//
// Solidity: function purseOf(bytes32 zone) view returns((uint64,uint64,uint64,uint64))
func (hub *Hub) UnpackPurseOf(data []byte) (IEscrowPurse, error) {
	out, err := hub.abi.Unpack("purseOf", data)
	if err != nil {
		return *new(IEscrowPurse), err
	}
	out0 := *abi.ConvertType(out[0], new(IEscrowPurse)).(*IEscrowPurse)
	return out0, nil
}

// PackQuorum is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1703a018.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function quorum() view returns(bytes32 configDigest, address[] signers, uint8 faulty)
func (hub *Hub) PackQuorum() []byte {
	enc, err := hub.abi.Pack("quorum")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackQuorum is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1703a018.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function quorum() view returns(bytes32 configDigest, address[] signers, uint8 faulty)
func (hub *Hub) TryPackQuorum() ([]byte, error) {
	return hub.abi.Pack("quorum")
}

// QuorumOutput serves as a container for the return parameters of contract
// method Quorum.
type QuorumOutput struct {
	ConfigDigest [32]byte
	Signers      []common.Address
	Faulty       uint8
}

// UnpackQuorum is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x1703a018.
//
// Solidity: function quorum() view returns(bytes32 configDigest, address[] signers, uint8 faulty)
func (hub *Hub) UnpackQuorum(data []byte) (QuorumOutput, error) {
	out, err := hub.abi.Unpack("quorum", data)
	outstruct := new(QuorumOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.ConfigDigest = *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	outstruct.Signers = *abi.ConvertType(out[1], new([]common.Address)).(*[]common.Address)
	outstruct.Faulty = *abi.ConvertType(out[2], new(uint8)).(*uint8)
	return *outstruct, nil
}

// PackReclaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9be692f1.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function reclaim(bytes32 zone, bytes32 member, uint64 depositedIn) returns()
func (hub *Hub) PackReclaim(zone [32]byte, member [32]byte, depositedIn uint64) []byte {
	enc, err := hub.abi.Pack("reclaim", zone, member, depositedIn)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackReclaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9be692f1.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function reclaim(bytes32 zone, bytes32 member, uint64 depositedIn) returns()
func (hub *Hub) TryPackReclaim(zone [32]byte, member [32]byte, depositedIn uint64) ([]byte, error) {
	return hub.abi.Pack("reclaim", zone, member, depositedIn)
}

// PackRegisterZone is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb1b13d98.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function registerZone(bytes32 zone, uint64 nameplate) returns()
func (hub *Hub) PackRegisterZone(zone [32]byte, nameplate uint64) []byte {
	enc, err := hub.abi.Pack("registerZone", zone, nameplate)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegisterZone is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb1b13d98.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function registerZone(bytes32 zone, uint64 nameplate) returns()
func (hub *Hub) TryPackRegisterZone(zone [32]byte, nameplate uint64) ([]byte, error) {
	return hub.abi.Pack("registerZone", zone, nameplate)
}

// PackRenounceRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36568abe.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function renounceRole(bytes32 role, address account) returns()
func (hub *Hub) PackRenounceRole(role [32]byte, account common.Address) []byte {
	enc, err := hub.abi.Pack("renounceRole", role, account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRenounceRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36568abe.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function renounceRole(bytes32 role, address account) returns()
func (hub *Hub) TryPackRenounceRole(role [32]byte, account common.Address) ([]byte, error) {
	return hub.abi.Pack("renounceRole", role, account)
}

// PackRequestExit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3b0e4341.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function requestExit(bytes32 zone, bytes32 member) returns()
func (hub *Hub) PackRequestExit(zone [32]byte, member [32]byte) []byte {
	enc, err := hub.abi.Pack("requestExit", zone, member)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRequestExit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3b0e4341.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function requestExit(bytes32 zone, bytes32 member) returns()
func (hub *Hub) TryPackRequestExit(zone [32]byte, member [32]byte) ([]byte, error) {
	return hub.abi.Pack("requestExit", zone, member)
}

// PackRetire is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x22fd849d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function retire(uint64 amount, bytes32 zone, uint64 start, uint32 run, bytes leaf, bytes32[] proof) returns()
func (hub *Hub) PackRetire(amount uint64, zone [32]byte, start uint64, run uint32, leaf []byte, proof [][32]byte) []byte {
	enc, err := hub.abi.Pack("retire", amount, zone, start, run, leaf, proof)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRetire is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x22fd849d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function retire(uint64 amount, bytes32 zone, uint64 start, uint32 run, bytes leaf, bytes32[] proof) returns()
func (hub *Hub) TryPackRetire(amount uint64, zone [32]byte, start uint64, run uint32, leaf []byte, proof [][32]byte) ([]byte, error) {
	return hub.abi.Pack("retire", amount, zone, start, run, leaf, proof)
}

// PackRetiredOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5ce14ffb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function retiredOf(bytes32 zone, uint64 start, bytes32 meter) view returns(uint64)
func (hub *Hub) PackRetiredOf(zone [32]byte, start uint64, meter [32]byte) []byte {
	enc, err := hub.abi.Pack("retiredOf", zone, start, meter)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRetiredOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x5ce14ffb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function retiredOf(bytes32 zone, uint64 start, bytes32 meter) view returns(uint64)
func (hub *Hub) TryPackRetiredOf(zone [32]byte, start uint64, meter [32]byte) ([]byte, error) {
	return hub.abi.Pack("retiredOf", zone, start, meter)
}

// UnpackRetiredOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x5ce14ffb.
//
// Solidity: function retiredOf(bytes32 zone, uint64 start, bytes32 meter) view returns(uint64)
func (hub *Hub) UnpackRetiredOf(data []byte) (uint64, error) {
	out, err := hub.abi.Unpack("retiredOf", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackRevoke is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc4076486.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function revoke(bytes32 zone, uint64 number, string reason) returns()
func (hub *Hub) PackRevoke(zone [32]byte, number uint64, reason string) []byte {
	enc, err := hub.abi.Pack("revoke", zone, number, reason)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRevoke is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc4076486.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function revoke(bytes32 zone, uint64 number, string reason) returns()
func (hub *Hub) TryPackRevoke(zone [32]byte, number uint64, reason string) ([]byte, error) {
	return hub.abi.Pack("revoke", zone, number, reason)
}

// PackRevokeRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd547741f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function revokeRole(bytes32 role, address account) returns()
func (hub *Hub) PackRevokeRole(role [32]byte, account common.Address) []byte {
	enc, err := hub.abi.Pack("revokeRole", role, account)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRevokeRole is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd547741f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function revokeRole(bytes32 role, address account) returns()
func (hub *Hub) TryPackRevokeRole(role [32]byte, account common.Address) ([]byte, error) {
	return hub.abi.Pack("revokeRole", role, account)
}

// PackRollbackDefaultAdminDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0aa6220b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function rollbackDefaultAdminDelay() returns()
func (hub *Hub) PackRollbackDefaultAdminDelay() []byte {
	enc, err := hub.abi.Pack("rollbackDefaultAdminDelay")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRollbackDefaultAdminDelay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0aa6220b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function rollbackDefaultAdminDelay() returns()
func (hub *Hub) TryPackRollbackDefaultAdminDelay() ([]byte, error) {
	return hub.abi.Pack("rollbackDefaultAdminDelay")
}

// PackRootOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06d71ac3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function rootOf(bytes32 zone, uint64 start, uint32 run) view returns(bytes32)
func (hub *Hub) PackRootOf(zone [32]byte, start uint64, run uint32) []byte {
	enc, err := hub.abi.Pack("rootOf", zone, start, run)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRootOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06d71ac3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function rootOf(bytes32 zone, uint64 start, uint32 run) view returns(bytes32)
func (hub *Hub) TryPackRootOf(zone [32]byte, start uint64, run uint32) ([]byte, error) {
	return hub.abi.Pack("rootOf", zone, start, run)
}

// UnpackRootOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x06d71ac3.
//
// Solidity: function rootOf(bytes32 zone, uint64 start, uint32 run) view returns(bytes32)
func (hub *Hub) UnpackRootOf(data []byte) ([32]byte, error) {
	out, err := hub.abi.Unpack("rootOf", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackSetOracles is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe0188c33.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setOracles(bytes32 configDigest, address[] signers, uint8 faulty) returns()
func (hub *Hub) PackSetOracles(configDigest [32]byte, signers []common.Address, faulty uint8) []byte {
	enc, err := hub.abi.Pack("setOracles", configDigest, signers, faulty)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetOracles is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe0188c33.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setOracles(bytes32 configDigest, address[] signers, uint8 faulty) returns()
func (hub *Hub) TryPackSetOracles(configDigest [32]byte, signers []common.Address, faulty uint8) ([]byte, error) {
	return hub.abi.Pack("setOracles", configDigest, signers, faulty)
}

// PackSettle is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8f26806d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function settle(bytes report, bytes32 configDigest, uint64 sequence, bytes signatures) returns()
func (hub *Hub) PackSettle(report []byte, configDigest [32]byte, sequence uint64, signatures []byte) []byte {
	enc, err := hub.abi.Pack("settle", report, configDigest, sequence, signatures)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSettle is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8f26806d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function settle(bytes report, bytes32 configDigest, uint64 sequence, bytes signatures) returns()
func (hub *Hub) TryPackSettle(report []byte, configDigest [32]byte, sequence uint64, signatures []byte) ([]byte, error) {
	return hub.abi.Pack("settle", report, configDigest, sequence, signatures)
}

// PackSettlementOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x69ccf4e6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function settlementOf(bytes32 zone, uint64 number) view returns((bytes32,uint64,uint64,uint64,uint64) s)
func (hub *Hub) PackSettlementOf(zone [32]byte, number uint64) []byte {
	enc, err := hub.abi.Pack("settlementOf", zone, number)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSettlementOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x69ccf4e6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function settlementOf(bytes32 zone, uint64 number) view returns((bytes32,uint64,uint64,uint64,uint64) s)
func (hub *Hub) TryPackSettlementOf(zone [32]byte, number uint64) ([]byte, error) {
	return hub.abi.Pack("settlementOf", zone, number)
}

// UnpackSettlementOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x69ccf4e6.
//
// Solidity: function settlementOf(bytes32 zone, uint64 number) view returns((bytes32,uint64,uint64,uint64,uint64) s)
func (hub *Hub) UnpackSettlementOf(data []byte) (IEscrowSettlement, error) {
	out, err := hub.abi.Unpack("settlementOf", data)
	if err != nil {
		return *new(IEscrowSettlement), err
	}
	out0 := *abi.ConvertType(out[0], new(IEscrowSettlement)).(*IEscrowSettlement)
	return out0, nil
}

// PackStatementOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x042562cc.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function statementOf(bytes32 zone, uint64 start, uint32 run) view returns((bytes32,uint64,uint64,uint32,uint32,uint64))
func (hub *Hub) PackStatementOf(zone [32]byte, start uint64, run uint32) []byte {
	enc, err := hub.abi.Pack("statementOf", zone, start, run)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackStatementOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x042562cc.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function statementOf(bytes32 zone, uint64 start, uint32 run) view returns((bytes32,uint64,uint64,uint32,uint32,uint64))
func (hub *Hub) TryPackStatementOf(zone [32]byte, start uint64, run uint32) ([]byte, error) {
	return hub.abi.Pack("statementOf", zone, start, run)
}

// UnpackStatementOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x042562cc.
//
// Solidity: function statementOf(bytes32 zone, uint64 start, uint32 run) view returns((bytes32,uint64,uint64,uint32,uint32,uint64))
func (hub *Hub) UnpackStatementOf(data []byte) (IMintStatement, error) {
	out, err := hub.abi.Unpack("statementOf", data)
	if err != nil {
		return *new(IMintStatement), err
	}
	out0 := *abi.ConvertType(out[0], new(IMintStatement)).(*IMintStatement)
	return out0, nil
}

// PackStockOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xda69f02a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function stockOf(bytes32 zone) view returns(uint256 held, uint256 debt)
func (hub *Hub) PackStockOf(zone [32]byte) []byte {
	enc, err := hub.abi.Pack("stockOf", zone)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackStockOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xda69f02a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function stockOf(bytes32 zone) view returns(uint256 held, uint256 debt)
func (hub *Hub) TryPackStockOf(zone [32]byte) ([]byte, error) {
	return hub.abi.Pack("stockOf", zone)
}

// StockOfOutput serves as a container for the return parameters of contract
// method StockOf.
type StockOfOutput struct {
	Held *big.Int
	Debt *big.Int
}

// UnpackStockOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xda69f02a.
//
// Solidity: function stockOf(bytes32 zone) view returns(uint256 held, uint256 debt)
func (hub *Hub) UnpackStockOf(data []byte) (StockOfOutput, error) {
	out, err := hub.abi.Unpack("stockOf", data)
	outstruct := new(StockOfOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Held = abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	outstruct.Debt = abi.ConvertType(out[1], new(big.Int)).(*big.Int)
	return *outstruct, nil
}

// PackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (hub *Hub) PackSupportsInterface(interfaceId [4]byte) []byte {
	enc, err := hub.abi.Pack("supportsInterface", interfaceId)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSupportsInterface is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x01ffc9a7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (hub *Hub) TryPackSupportsInterface(interfaceId [4]byte) ([]byte, error) {
	return hub.abi.Pack("supportsInterface", interfaceId)
}

// UnpackSupportsInterface is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x01ffc9a7.
//
// Solidity: function supportsInterface(bytes4 interfaceId) view returns(bool)
func (hub *Hub) UnpackSupportsInterface(data []byte) (bool, error) {
	out, err := hub.abi.Unpack("supportsInterface", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// PackToken is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfc0c546a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function token() view returns(address)
func (hub *Hub) PackToken() []byte {
	enc, err := hub.abi.Pack("token")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackToken is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfc0c546a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function token() view returns(address)
func (hub *Hub) TryPackToken() ([]byte, error) {
	return hub.abi.Pack("token")
}

// UnpackToken is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfc0c546a.
//
// Solidity: function token() view returns(address)
func (hub *Hub) UnpackToken(data []byte) (common.Address, error) {
	out, err := hub.abi.Unpack("token", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackUnpause is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3f4ba83a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function unpause() returns()
func (hub *Hub) PackUnpause() []byte {
	enc, err := hub.abi.Pack("unpause")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackUnpause is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3f4ba83a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function unpause() returns()
func (hub *Hub) TryPackUnpause() ([]byte, error) {
	return hub.abi.Pack("unpause")
}

// PackVerifyLeaf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf45a4ec0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function verifyLeaf(bytes32 zone, uint64 start, uint32 run, bytes leaf, bytes32[] proof) view returns(bool)
func (hub *Hub) PackVerifyLeaf(zone [32]byte, start uint64, run uint32, leaf []byte, proof [][32]byte) []byte {
	enc, err := hub.abi.Pack("verifyLeaf", zone, start, run, leaf, proof)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackVerifyLeaf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf45a4ec0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function verifyLeaf(bytes32 zone, uint64 start, uint32 run, bytes leaf, bytes32[] proof) view returns(bool)
func (hub *Hub) TryPackVerifyLeaf(zone [32]byte, start uint64, run uint32, leaf []byte, proof [][32]byte) ([]byte, error) {
	return hub.abi.Pack("verifyLeaf", zone, start, run, leaf, proof)
}

// UnpackVerifyLeaf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf45a4ec0.
//
// Solidity: function verifyLeaf(bytes32 zone, uint64 start, uint32 run, bytes leaf, bytes32[] proof) view returns(bool)
func (hub *Hub) UnpackVerifyLeaf(data []byte) (bool, error) {
	out, err := hub.abi.Unpack("verifyLeaf", data)
	if err != nil {
		return *new(bool), err
	}
	out0 := *abi.ConvertType(out[0], new(bool)).(*bool)
	return out0, nil
}

// HubClaimed represents a Claimed event raised by the Hub contract.
type HubClaimed struct {
	Zone   [32]byte
	Member [32]byte
	To     common.Address
	Kind   uint8
	Number uint64
	Amount uint64
	Energy uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const HubClaimedEventName = "Claimed"

// ContractEventName returns the user-defined event name.
func (HubClaimed) ContractEventName() string {
	return HubClaimedEventName
}

// UnpackClaimedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Claimed(bytes32 indexed zone, bytes32 indexed member, address indexed to, uint8 kind, uint64 number, uint64 amount, uint64 energy)
func (hub *Hub) UnpackClaimedEvent(log *types.Log) (*HubClaimed, error) {
	event := "Claimed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubClaimed)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubDebtChanged represents a DebtChanged event raised by the Hub contract.
type HubDebtChanged struct {
	Zone   [32]byte
	Before *big.Int
	Debt   *big.Int
	Raw    *types.Log // Blockchain specific contextual infos
}

const HubDebtChangedEventName = "DebtChanged"

// ContractEventName returns the user-defined event name.
func (HubDebtChanged) ContractEventName() string {
	return HubDebtChangedEventName
}

// UnpackDebtChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DebtChanged(bytes32 indexed zone, uint256 before, uint256 debt)
func (hub *Hub) UnpackDebtChangedEvent(log *types.Log) (*HubDebtChanged, error) {
	event := "DebtChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubDebtChanged)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubDefaultAdminDelayChangeCanceled represents a DefaultAdminDelayChangeCanceled event raised by the Hub contract.
type HubDefaultAdminDelayChangeCanceled struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const HubDefaultAdminDelayChangeCanceledEventName = "DefaultAdminDelayChangeCanceled"

// ContractEventName returns the user-defined event name.
func (HubDefaultAdminDelayChangeCanceled) ContractEventName() string {
	return HubDefaultAdminDelayChangeCanceledEventName
}

// UnpackDefaultAdminDelayChangeCanceledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DefaultAdminDelayChangeCanceled()
func (hub *Hub) UnpackDefaultAdminDelayChangeCanceledEvent(log *types.Log) (*HubDefaultAdminDelayChangeCanceled, error) {
	event := "DefaultAdminDelayChangeCanceled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubDefaultAdminDelayChangeCanceled)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubDefaultAdminDelayChangeScheduled represents a DefaultAdminDelayChangeScheduled event raised by the Hub contract.
type HubDefaultAdminDelayChangeScheduled struct {
	NewDelay       *big.Int
	EffectSchedule *big.Int
	Raw            *types.Log // Blockchain specific contextual infos
}

const HubDefaultAdminDelayChangeScheduledEventName = "DefaultAdminDelayChangeScheduled"

// ContractEventName returns the user-defined event name.
func (HubDefaultAdminDelayChangeScheduled) ContractEventName() string {
	return HubDefaultAdminDelayChangeScheduledEventName
}

// UnpackDefaultAdminDelayChangeScheduledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DefaultAdminDelayChangeScheduled(uint48 newDelay, uint48 effectSchedule)
func (hub *Hub) UnpackDefaultAdminDelayChangeScheduledEvent(log *types.Log) (*HubDefaultAdminDelayChangeScheduled, error) {
	event := "DefaultAdminDelayChangeScheduled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubDefaultAdminDelayChangeScheduled)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubDefaultAdminTransferCanceled represents a DefaultAdminTransferCanceled event raised by the Hub contract.
type HubDefaultAdminTransferCanceled struct {
	Raw *types.Log // Blockchain specific contextual infos
}

const HubDefaultAdminTransferCanceledEventName = "DefaultAdminTransferCanceled"

// ContractEventName returns the user-defined event name.
func (HubDefaultAdminTransferCanceled) ContractEventName() string {
	return HubDefaultAdminTransferCanceledEventName
}

// UnpackDefaultAdminTransferCanceledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DefaultAdminTransferCanceled()
func (hub *Hub) UnpackDefaultAdminTransferCanceledEvent(log *types.Log) (*HubDefaultAdminTransferCanceled, error) {
	event := "DefaultAdminTransferCanceled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubDefaultAdminTransferCanceled)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubDefaultAdminTransferScheduled represents a DefaultAdminTransferScheduled event raised by the Hub contract.
type HubDefaultAdminTransferScheduled struct {
	NewAdmin       common.Address
	AcceptSchedule *big.Int
	Raw            *types.Log // Blockchain specific contextual infos
}

const HubDefaultAdminTransferScheduledEventName = "DefaultAdminTransferScheduled"

// ContractEventName returns the user-defined event name.
func (HubDefaultAdminTransferScheduled) ContractEventName() string {
	return HubDefaultAdminTransferScheduledEventName
}

// UnpackDefaultAdminTransferScheduledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DefaultAdminTransferScheduled(address indexed newAdmin, uint48 acceptSchedule)
func (hub *Hub) UnpackDefaultAdminTransferScheduledEvent(log *types.Log) (*HubDefaultAdminTransferScheduled, error) {
	event := "DefaultAdminTransferScheduled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubDefaultAdminTransferScheduled)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubDeposited represents a Deposited event raised by the Hub contract.
type HubDeposited struct {
	Zone   [32]byte
	Member [32]byte
	From   common.Address
	Amount uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const HubDepositedEventName = "Deposited"

// ContractEventName returns the user-defined event name.
func (HubDeposited) ContractEventName() string {
	return HubDepositedEventName
}

// UnpackDepositedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Deposited(bytes32 indexed zone, bytes32 indexed member, address indexed from, uint64 amount)
func (hub *Hub) UnpackDepositedEvent(log *types.Log) (*HubDeposited, error) {
	event := "Deposited"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubDeposited)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubExitRequested represents a ExitRequested event raised by the Hub contract.
type HubExitRequested struct {
	Zone   [32]byte
	Member [32]byte
	By     common.Address
	Raw    *types.Log // Blockchain specific contextual infos
}

const HubExitRequestedEventName = "ExitRequested"

// ContractEventName returns the user-defined event name.
func (HubExitRequested) ContractEventName() string {
	return HubExitRequestedEventName
}

// UnpackExitRequestedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event ExitRequested(bytes32 indexed zone, bytes32 indexed member, address indexed by)
func (hub *Hub) UnpackExitRequestedEvent(log *types.Log) (*HubExitRequested, error) {
	event := "ExitRequested"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubExitRequested)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubExited represents a Exited event raised by the Hub contract.
type HubExited struct {
	Zone   [32]byte
	Member [32]byte
	Kind   uint8
	Number uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const HubExitedEventName = "Exited"

// ContractEventName returns the user-defined event name.
func (HubExited) ContractEventName() string {
	return HubExitedEventName
}

// UnpackExitedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Exited(bytes32 indexed zone, bytes32 indexed member, uint8 kind, uint64 number)
func (hub *Hub) UnpackExitedEvent(log *types.Log) (*HubExited, error) {
	event := "Exited"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubExited)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubNameplateChanged represents a NameplateChanged event raised by the Hub contract.
type HubNameplateChanged struct {
	Zone      [32]byte
	Before    uint64
	Nameplate uint64
	Raw       *types.Log // Blockchain specific contextual infos
}

const HubNameplateChangedEventName = "NameplateChanged"

// ContractEventName returns the user-defined event name.
func (HubNameplateChanged) ContractEventName() string {
	return HubNameplateChangedEventName
}

// UnpackNameplateChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event NameplateChanged(bytes32 indexed zone, uint64 before, uint64 nameplate)
func (hub *Hub) UnpackNameplateChangedEvent(log *types.Log) (*HubNameplateChanged, error) {
	event := "NameplateChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubNameplateChanged)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubOraclesChanged represents a OraclesChanged event raised by the Hub contract.
type HubOraclesChanged struct {
	ConfigDigest [32]byte
	Signers      []common.Address
	Faulty       uint8
	Raw          *types.Log // Blockchain specific contextual infos
}

const HubOraclesChangedEventName = "OraclesChanged"

// ContractEventName returns the user-defined event name.
func (HubOraclesChanged) ContractEventName() string {
	return HubOraclesChangedEventName
}

// UnpackOraclesChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event OraclesChanged(bytes32 indexed configDigest, address[] signers, uint8 faulty)
func (hub *Hub) UnpackOraclesChangedEvent(log *types.Log) (*HubOraclesChanged, error) {
	event := "OraclesChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubOraclesChanged)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubPaused represents a Paused event raised by the Hub contract.
type HubPaused struct {
	Account common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const HubPausedEventName = "Paused"

// ContractEventName returns the user-defined event name.
func (HubPaused) ContractEventName() string {
	return HubPausedEventName
}

// UnpackPausedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Paused(address account)
func (hub *Hub) UnpackPausedEvent(log *types.Log) (*HubPaused, error) {
	event := "Paused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubPaused)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubPosted represents a Posted event raised by the Hub contract.
type HubPosted struct {
	Zone         [32]byte
	Start        uint64
	Length       uint32
	Run          uint32
	Root         [32]byte
	Exported     uint64
	Imported     uint64
	Meters       uint32
	ConfigDigest [32]byte
	Sequence     uint64
	Raw          *types.Log // Blockchain specific contextual infos
}

const HubPostedEventName = "Posted"

// ContractEventName returns the user-defined event name.
func (HubPosted) ContractEventName() string {
	return HubPostedEventName
}

// UnpackPostedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Posted(bytes32 indexed zone, uint64 indexed start, uint32 length, uint32 run, bytes32 root, uint64 exported, uint64 imported, uint32 meters, bytes32 configDigest, uint64 sequence)
func (hub *Hub) UnpackPostedEvent(log *types.Log) (*HubPosted, error) {
	event := "Posted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubPosted)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubReclaimed represents a Reclaimed event raised by the Hub contract.
type HubReclaimed struct {
	Zone        [32]byte
	Member      [32]byte
	From        common.Address
	Amount      uint64
	DepositedIn uint64
	Raw         *types.Log // Blockchain specific contextual infos
}

const HubReclaimedEventName = "Reclaimed"

// ContractEventName returns the user-defined event name.
func (HubReclaimed) ContractEventName() string {
	return HubReclaimedEventName
}

// UnpackReclaimedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Reclaimed(bytes32 indexed zone, bytes32 indexed member, address indexed from, uint64 amount, uint64 depositedIn)
func (hub *Hub) UnpackReclaimedEvent(log *types.Log) (*HubReclaimed, error) {
	event := "Reclaimed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubReclaimed)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubRetired represents a Retired event raised by the Hub contract.
type HubRetired struct {
	Who     common.Address
	Zone    [32]byte
	Meter   [32]byte
	Start   uint64
	Length  uint32
	Run     uint32
	Amount  uint64
	Total   uint64
	Root    [32]byte
	Reading [32]byte
	Raw     *types.Log // Blockchain specific contextual infos
}

const HubRetiredEventName = "Retired"

// ContractEventName returns the user-defined event name.
func (HubRetired) ContractEventName() string {
	return HubRetiredEventName
}

// UnpackRetiredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Retired(address indexed who, bytes32 indexed zone, bytes32 indexed meter, uint64 start, uint32 length, uint32 run, uint64 amount, uint64 total, bytes32 root, bytes32 reading)
func (hub *Hub) UnpackRetiredEvent(log *types.Log) (*HubRetired, error) {
	event := "Retired"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubRetired)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubRevoked represents a Revoked event raised by the Hub contract.
type HubRevoked struct {
	Zone   [32]byte
	Number uint64
	Last   uint64
	Reason string
	Raw    *types.Log // Blockchain specific contextual infos
}

const HubRevokedEventName = "Revoked"

// ContractEventName returns the user-defined event name.
func (HubRevoked) ContractEventName() string {
	return HubRevokedEventName
}

// UnpackRevokedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Revoked(bytes32 indexed zone, uint64 indexed number, uint64 last, string reason)
func (hub *Hub) UnpackRevokedEvent(log *types.Log) (*HubRevoked, error) {
	event := "Revoked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubRevoked)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubRoleAdminChanged represents a RoleAdminChanged event raised by the Hub contract.
type HubRoleAdminChanged struct {
	Role              [32]byte
	PreviousAdminRole [32]byte
	NewAdminRole      [32]byte
	Raw               *types.Log // Blockchain specific contextual infos
}

const HubRoleAdminChangedEventName = "RoleAdminChanged"

// ContractEventName returns the user-defined event name.
func (HubRoleAdminChanged) ContractEventName() string {
	return HubRoleAdminChangedEventName
}

// UnpackRoleAdminChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleAdminChanged(bytes32 indexed role, bytes32 indexed previousAdminRole, bytes32 indexed newAdminRole)
func (hub *Hub) UnpackRoleAdminChangedEvent(log *types.Log) (*HubRoleAdminChanged, error) {
	event := "RoleAdminChanged"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubRoleAdminChanged)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubRoleGranted represents a RoleGranted event raised by the Hub contract.
type HubRoleGranted struct {
	Role    [32]byte
	Account common.Address
	Sender  common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const HubRoleGrantedEventName = "RoleGranted"

// ContractEventName returns the user-defined event name.
func (HubRoleGranted) ContractEventName() string {
	return HubRoleGrantedEventName
}

// UnpackRoleGrantedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender)
func (hub *Hub) UnpackRoleGrantedEvent(log *types.Log) (*HubRoleGranted, error) {
	event := "RoleGranted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubRoleGranted)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubRoleRevoked represents a RoleRevoked event raised by the Hub contract.
type HubRoleRevoked struct {
	Role    [32]byte
	Account common.Address
	Sender  common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const HubRoleRevokedEventName = "RoleRevoked"

// ContractEventName returns the user-defined event name.
func (HubRoleRevoked) ContractEventName() string {
	return HubRoleRevokedEventName
}

// UnpackRoleRevokedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event RoleRevoked(bytes32 indexed role, address indexed account, address indexed sender)
func (hub *Hub) UnpackRoleRevokedEvent(log *types.Log) (*HubRoleRevoked, error) {
	event := "RoleRevoked"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubRoleRevoked)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubSettled represents a Settled event raised by the Hub contract.
type HubSettled struct {
	Zone         [32]byte
	Number       uint64
	Start        uint64
	Length       uint32
	Run          uint32
	Root         [32]byte
	CountedTo    uint64
	Members      uint32
	Energy       uint64
	Released     uint64
	Owed         uint64
	ConfigDigest [32]byte
	Sequence     uint64
	Raw          *types.Log // Blockchain specific contextual infos
}

const HubSettledEventName = "Settled"

// ContractEventName returns the user-defined event name.
func (HubSettled) ContractEventName() string {
	return HubSettledEventName
}

// UnpackSettledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Settled(bytes32 indexed zone, uint64 indexed number, uint64 indexed start, uint32 length, uint32 run, bytes32 root, uint64 countedTo, uint32 members, uint64 energy, uint64 released, uint64 owed, bytes32 configDigest, uint64 sequence)
func (hub *Hub) UnpackSettledEvent(log *types.Log) (*HubSettled, error) {
	event := "Settled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubSettled)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// HubUnpaused represents a Unpaused event raised by the Hub contract.
type HubUnpaused struct {
	Account common.Address
	Raw     *types.Log // Blockchain specific contextual infos
}

const HubUnpausedEventName = "Unpaused"

// ContractEventName returns the user-defined event name.
func (HubUnpaused) ContractEventName() string {
	return HubUnpausedEventName
}

// UnpackUnpausedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Unpaused(address account)
func (hub *Hub) UnpackUnpausedEvent(log *types.Log) (*HubUnpaused, error) {
	event := "Unpaused"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != hub.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(HubUnpaused)
	if len(log.Data) > 0 {
		if err := hub.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range hub.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (hub *Hub) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], hub.abi.Errors["AccessControlBadConfirmation"].ID.Bytes()[:4]) {
		return hub.UnpackAccessControlBadConfirmationError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["AccessControlEnforcedDefaultAdminDelay"].ID.Bytes()[:4]) {
		return hub.UnpackAccessControlEnforcedDefaultAdminDelayError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["AccessControlEnforcedDefaultAdminRules"].ID.Bytes()[:4]) {
		return hub.UnpackAccessControlEnforcedDefaultAdminRulesError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["AccessControlInvalidDefaultAdmin"].ID.Bytes()[:4]) {
		return hub.UnpackAccessControlInvalidDefaultAdminError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["AccessControlUnauthorizedAccount"].ID.Bytes()[:4]) {
		return hub.UnpackAccessControlUnauthorizedAccountError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["AlreadyExited"].ID.Bytes()[:4]) {
		return hub.UnpackAlreadyExitedError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["AlreadyPosted"].ID.Bytes()[:4]) {
		return hub.UnpackAlreadyPostedError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["BalanceDomain"].ID.Bytes()[:4]) {
		return hub.UnpackBalanceDomainError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["BalanceRange"].ID.Bytes()[:4]) {
		return hub.UnpackBalanceRangeError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["BalanceSize"].ID.Bytes()[:4]) {
		return hub.UnpackBalanceSizeError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["EnforcedPause"].ID.Bytes()[:4]) {
		return hub.UnpackEnforcedPauseError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["ExceedsEscrow"].ID.Bytes()[:4]) {
		return hub.UnpackExceedsEscrowError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["ExceedsExport"].ID.Bytes()[:4]) {
		return hub.UnpackExceedsExportError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["ExceedsNameplate"].ID.Bytes()[:4]) {
		return hub.UnpackExceedsNameplateError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["ExitNotDue"].ID.Bytes()[:4]) {
		return hub.UnpackExitNotDueError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["ExpectedPause"].ID.Bytes()[:4]) {
		return hub.UnpackExpectedPauseError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["IncompleteTransfer"].ID.Bytes()[:4]) {
		return hub.UnpackIncompleteTransferError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["InvalidAmount"].ID.Bytes()[:4]) {
		return hub.UnpackInvalidAmountError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["InvalidGroup"].ID.Bytes()[:4]) {
		return hub.UnpackInvalidGroupError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["InvalidMoney"].ID.Bytes()[:4]) {
		return hub.UnpackInvalidMoneyError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["InvalidNameplate"].ID.Bytes()[:4]) {
		return hub.UnpackInvalidNameplateError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["InvalidSigner"].ID.Bytes()[:4]) {
		return hub.UnpackInvalidSignerError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["InvalidWindow"].ID.Bytes()[:4]) {
		return hub.UnpackInvalidWindowError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["LeafNotInRoot"].ID.Bytes()[:4]) {
		return hub.UnpackLeafNotInRootError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["LeafSize"].ID.Bytes()[:4]) {
		return hub.UnpackLeafSizeError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["MalformedSignature"].ID.Bytes()[:4]) {
		return hub.UnpackMalformedSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["NoPayout"].ID.Bytes()[:4]) {
		return hub.UnpackNoPayoutError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["NotAttested"].ID.Bytes()[:4]) {
		return hub.UnpackNotAttestedError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["NotInRoot"].ID.Bytes()[:4]) {
		return hub.UnpackNotInRootError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["NotPayable"].ID.Bytes()[:4]) {
		return hub.UnpackNotPayableError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["NotPosted"].ID.Bytes()[:4]) {
		return hub.UnpackNotPostedError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["NotReclaimable"].ID.Bytes()[:4]) {
		return hub.UnpackNotReclaimableError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["NotRevocable"].ID.Bytes()[:4]) {
		return hub.UnpackNotRevocableError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["NothingDue"].ID.Bytes()[:4]) {
		return hub.UnpackNothingDueError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["OtherBlock"].ID.Bytes()[:4]) {
		return hub.UnpackOtherBlockError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["OtherConfig"].ID.Bytes()[:4]) {
		return hub.UnpackOtherConfigError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["OtherLength"].ID.Bytes()[:4]) {
		return hub.UnpackOtherLengthError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["OtherNumber"].ID.Bytes()[:4]) {
		return hub.UnpackOtherNumberError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["ReentrancyGuardReentrantCall"].ID.Bytes()[:4]) {
		return hub.UnpackReentrancyGuardReentrantCallError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["ReleasedFell"].ID.Bytes()[:4]) {
		return hub.UnpackReleasedFellError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["RepeatedSigner"].ID.Bytes()[:4]) {
		return hub.UnpackRepeatedSignerError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["ReportDomain"].ID.Bytes()[:4]) {
		return hub.UnpackReportDomainError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["ReportInterval"].ID.Bytes()[:4]) {
		return hub.UnpackReportIntervalError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["ReportSize"].ID.Bytes()[:4]) {
		return hub.UnpackReportSizeError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["ReportTotals"].ID.Bytes()[:4]) {
		return hub.UnpackReportTotalsError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["RootSuperseded"].ID.Bytes()[:4]) {
		return hub.UnpackRootSupersededError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["RunSuperseded"].ID.Bytes()[:4]) {
		return hub.UnpackRunSupersededError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["SafeCastOverflowedUintDowncast"].ID.Bytes()[:4]) {
		return hub.UnpackSafeCastOverflowedUintDowncastError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["SafeERC20FailedOperation"].ID.Bytes()[:4]) {
		return hub.UnpackSafeERC20FailedOperationError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["SettlementDomain"].ID.Bytes()[:4]) {
		return hub.UnpackSettlementDomainError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["SettlementInterval"].ID.Bytes()[:4]) {
		return hub.UnpackSettlementIntervalError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["SettlementSize"].ID.Bytes()[:4]) {
		return hub.UnpackSettlementSizeError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["SettlementTotals"].ID.Bytes()[:4]) {
		return hub.UnpackSettlementTotalsError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["SignaturesSize"].ID.Bytes()[:4]) {
		return hub.UnpackSignaturesSizeError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["UnknownSigner"].ID.Bytes()[:4]) {
		return hub.UnpackUnknownSignerError(raw[4:])
	}
	if bytes.Equal(raw[:4], hub.abi.Errors["UnknownZone"].ID.Bytes()[:4]) {
		return hub.UnpackUnknownZoneError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// HubAccessControlBadConfirmation represents a AccessControlBadConfirmation error raised by the Hub contract.
type HubAccessControlBadConfirmation struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AccessControlBadConfirmation()
func HubAccessControlBadConfirmationErrorID() common.Hash {
	return common.HexToHash("0x6697b23232a647058342c0724fe7c415cab25915b54e5dbc03f233173d37b41c")
}

// UnpackAccessControlBadConfirmationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AccessControlBadConfirmation()
func (hub *Hub) UnpackAccessControlBadConfirmationError(raw []byte) (*HubAccessControlBadConfirmation, error) {
	out := new(HubAccessControlBadConfirmation)
	if err := hub.abi.UnpackIntoInterface(out, "AccessControlBadConfirmation", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubAccessControlEnforcedDefaultAdminDelay represents a AccessControlEnforcedDefaultAdminDelay error raised by the Hub contract.
type HubAccessControlEnforcedDefaultAdminDelay struct {
	Schedule *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AccessControlEnforcedDefaultAdminDelay(uint48 schedule)
func HubAccessControlEnforcedDefaultAdminDelayErrorID() common.Hash {
	return common.HexToHash("0x19ca5ebb8fb33f00e502c9392eddab1501674629178bf69b853cf037aaf4bb5d")
}

// UnpackAccessControlEnforcedDefaultAdminDelayError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AccessControlEnforcedDefaultAdminDelay(uint48 schedule)
func (hub *Hub) UnpackAccessControlEnforcedDefaultAdminDelayError(raw []byte) (*HubAccessControlEnforcedDefaultAdminDelay, error) {
	out := new(HubAccessControlEnforcedDefaultAdminDelay)
	if err := hub.abi.UnpackIntoInterface(out, "AccessControlEnforcedDefaultAdminDelay", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubAccessControlEnforcedDefaultAdminRules represents a AccessControlEnforcedDefaultAdminRules error raised by the Hub contract.
type HubAccessControlEnforcedDefaultAdminRules struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AccessControlEnforcedDefaultAdminRules()
func HubAccessControlEnforcedDefaultAdminRulesErrorID() common.Hash {
	return common.HexToHash("0x3fc3c27ae3db78c81b8f6e685172134623efa268ee8cd8d54be38ad2a74fc13b")
}

// UnpackAccessControlEnforcedDefaultAdminRulesError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AccessControlEnforcedDefaultAdminRules()
func (hub *Hub) UnpackAccessControlEnforcedDefaultAdminRulesError(raw []byte) (*HubAccessControlEnforcedDefaultAdminRules, error) {
	out := new(HubAccessControlEnforcedDefaultAdminRules)
	if err := hub.abi.UnpackIntoInterface(out, "AccessControlEnforcedDefaultAdminRules", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubAccessControlInvalidDefaultAdmin represents a AccessControlInvalidDefaultAdmin error raised by the Hub contract.
type HubAccessControlInvalidDefaultAdmin struct {
	DefaultAdmin common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AccessControlInvalidDefaultAdmin(address defaultAdmin)
func HubAccessControlInvalidDefaultAdminErrorID() common.Hash {
	return common.HexToHash("0xc22c8022f2a840d6b6a9f113407715f5bbd4e88c1b0dd9434dc00700ba609ed4")
}

// UnpackAccessControlInvalidDefaultAdminError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AccessControlInvalidDefaultAdmin(address defaultAdmin)
func (hub *Hub) UnpackAccessControlInvalidDefaultAdminError(raw []byte) (*HubAccessControlInvalidDefaultAdmin, error) {
	out := new(HubAccessControlInvalidDefaultAdmin)
	if err := hub.abi.UnpackIntoInterface(out, "AccessControlInvalidDefaultAdmin", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubAccessControlUnauthorizedAccount represents a AccessControlUnauthorizedAccount error raised by the Hub contract.
type HubAccessControlUnauthorizedAccount struct {
	Account    common.Address
	NeededRole [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)
func HubAccessControlUnauthorizedAccountErrorID() common.Hash {
	return common.HexToHash("0xe2517d3fbfae6f8515ef5ff1ccedc3933ab0cbbda0b492c06eb54ad10ef03b3e")
}

// UnpackAccessControlUnauthorizedAccountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)
func (hub *Hub) UnpackAccessControlUnauthorizedAccountError(raw []byte) (*HubAccessControlUnauthorizedAccount, error) {
	out := new(HubAccessControlUnauthorizedAccount)
	if err := hub.abi.UnpackIntoInterface(out, "AccessControlUnauthorizedAccount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubAlreadyExited represents a AlreadyExited error raised by the Hub contract.
type HubAlreadyExited struct {
	Zone   [32]byte
	Member [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyExited(bytes32 zone, bytes32 member)
func HubAlreadyExitedErrorID() common.Hash {
	return common.HexToHash("0x46413d4f2f5ce3036f256555d4ea5ecbd7a931405365b41dc0fbaed3023bc1eb")
}

// UnpackAlreadyExitedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyExited(bytes32 zone, bytes32 member)
func (hub *Hub) UnpackAlreadyExitedError(raw []byte) (*HubAlreadyExited, error) {
	out := new(HubAlreadyExited)
	if err := hub.abi.UnpackIntoInterface(out, "AlreadyExited", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubAlreadyPosted represents a AlreadyPosted error raised by the Hub contract.
type HubAlreadyPosted struct {
	Zone  [32]byte
	Start uint64
	Run   uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyPosted(bytes32 zone, uint64 start, uint32 run)
func HubAlreadyPostedErrorID() common.Hash {
	return common.HexToHash("0x539a5ca9cfc91a4588aa39dabc72383c6fca1a532f7f0aa64fadc852942671ad")
}

// UnpackAlreadyPostedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyPosted(bytes32 zone, uint64 start, uint32 run)
func (hub *Hub) UnpackAlreadyPostedError(raw []byte) (*HubAlreadyPosted, error) {
	out := new(HubAlreadyPosted)
	if err := hub.abi.UnpackIntoInterface(out, "AlreadyPosted", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubBalanceDomain represents a BalanceDomain error raised by the Hub contract.
type HubBalanceDomain struct {
	Domain [16]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BalanceDomain(bytes16 domain)
func HubBalanceDomainErrorID() common.Hash {
	return common.HexToHash("0x9310efd8a1682dd6f9896b9683d25143290c7449967fd176f8b473adc79c2ff0")
}

// UnpackBalanceDomainError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BalanceDomain(bytes16 domain)
func (hub *Hub) UnpackBalanceDomainError(raw []byte) (*HubBalanceDomain, error) {
	out := new(HubBalanceDomain)
	if err := hub.abi.UnpackIntoInterface(out, "BalanceDomain", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubBalanceRange represents a BalanceRange error raised by the Hub contract.
type HubBalanceRange struct {
	Energy   uint64
	Released uint64
	Balance  uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BalanceRange(uint64 energy, uint64 released, uint64 balance)
func HubBalanceRangeErrorID() common.Hash {
	return common.HexToHash("0x94691877bce4d499ef580f9ed96c0cde0a29e0177d9fba8a9e48fe6dd4f31ec5")
}

// UnpackBalanceRangeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BalanceRange(uint64 energy, uint64 released, uint64 balance)
func (hub *Hub) UnpackBalanceRangeError(raw []byte) (*HubBalanceRange, error) {
	out := new(HubBalanceRange)
	if err := hub.abi.UnpackIntoInterface(out, "BalanceRange", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubBalanceSize represents a BalanceSize error raised by the Hub contract.
type HubBalanceSize struct {
	Size *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BalanceSize(uint256 size)
func HubBalanceSizeErrorID() common.Hash {
	return common.HexToHash("0x792b6bd1507187f1af2f471eeb8a30da6aa81f358302fe418ea84d55c2657b54")
}

// UnpackBalanceSizeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BalanceSize(uint256 size)
func (hub *Hub) UnpackBalanceSizeError(raw []byte) (*HubBalanceSize, error) {
	out := new(HubBalanceSize)
	if err := hub.abi.UnpackIntoInterface(out, "BalanceSize", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubEnforcedPause represents a EnforcedPause error raised by the Hub contract.
type HubEnforcedPause struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EnforcedPause()
func HubEnforcedPauseErrorID() common.Hash {
	return common.HexToHash("0xd93c0665d6c96d04a8f174024fc4ddd66c250604aff22bbec808de86dd3637e3")
}

// UnpackEnforcedPauseError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EnforcedPause()
func (hub *Hub) UnpackEnforcedPauseError(raw []byte) (*HubEnforcedPause, error) {
	out := new(HubEnforcedPause)
	if err := hub.abi.UnpackIntoInterface(out, "EnforcedPause", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubExceedsEscrow represents a ExceedsEscrow error raised by the Hub contract.
type HubExceedsEscrow struct {
	Zone      [32]byte
	Owed      *big.Int
	Deposited *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ExceedsEscrow(bytes32 zone, uint256 owed, uint256 deposited)
func HubExceedsEscrowErrorID() common.Hash {
	return common.HexToHash("0xdfad1bdd6b40c1ba660c1b7a15abf68a307068ab929e320b29a289fb27cb8b25")
}

// UnpackExceedsEscrowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ExceedsEscrow(bytes32 zone, uint256 owed, uint256 deposited)
func (hub *Hub) UnpackExceedsEscrowError(raw []byte) (*HubExceedsEscrow, error) {
	out := new(HubExceedsEscrow)
	if err := hub.abi.UnpackIntoInterface(out, "ExceedsEscrow", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubExceedsExport represents a ExceedsExport error raised by the Hub contract.
type HubExceedsExport struct {
	Meter  [32]byte
	Start  uint64
	Amount uint64
	Left   uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ExceedsExport(bytes32 meter, uint64 start, uint64 amount, uint64 left)
func HubExceedsExportErrorID() common.Hash {
	return common.HexToHash("0x5ceb62433942027f2ebdcd6215ba5b5f0e7d3ee839879fd2b6846c9db0db6f4c")
}

// UnpackExceedsExportError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ExceedsExport(bytes32 meter, uint64 start, uint64 amount, uint64 left)
func (hub *Hub) UnpackExceedsExportError(raw []byte) (*HubExceedsExport, error) {
	out := new(HubExceedsExport)
	if err := hub.abi.UnpackIntoInterface(out, "ExceedsExport", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubExceedsNameplate represents a ExceedsNameplate error raised by the Hub contract.
type HubExceedsNameplate struct {
	Zone      [32]byte
	Start     uint64
	Exported  uint64
	Available uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ExceedsNameplate(bytes32 zone, uint64 start, uint64 exported, uint64 available)
func HubExceedsNameplateErrorID() common.Hash {
	return common.HexToHash("0x9dc3c0dd1e1017efd4d68bac56b59d45cd28be7ed574b1b4a696172fbec0cd37")
}

// UnpackExceedsNameplateError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ExceedsNameplate(bytes32 zone, uint64 start, uint64 exported, uint64 available)
func (hub *Hub) UnpackExceedsNameplateError(raw []byte) (*HubExceedsNameplate, error) {
	out := new(HubExceedsNameplate)
	if err := hub.abi.UnpackIntoInterface(out, "ExceedsNameplate", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubExitNotDue represents a ExitNotDue error raised by the Hub contract.
type HubExitNotDue struct {
	Zone   [32]byte
	Member [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ExitNotDue(bytes32 zone, bytes32 member)
func HubExitNotDueErrorID() common.Hash {
	return common.HexToHash("0xf94cde740124ed9923231e36a57082b80686e4bd47a3ca2103f7fee68278f3b3")
}

// UnpackExitNotDueError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ExitNotDue(bytes32 zone, bytes32 member)
func (hub *Hub) UnpackExitNotDueError(raw []byte) (*HubExitNotDue, error) {
	out := new(HubExitNotDue)
	if err := hub.abi.UnpackIntoInterface(out, "ExitNotDue", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubExpectedPause represents a ExpectedPause error raised by the Hub contract.
type HubExpectedPause struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ExpectedPause()
func HubExpectedPauseErrorID() common.Hash {
	return common.HexToHash("0x8dfc202bcfe9a735b559bee70674422512bc5c30f687046ae8778315fb81da44")
}

// UnpackExpectedPauseError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ExpectedPause()
func (hub *Hub) UnpackExpectedPauseError(raw []byte) (*HubExpectedPause, error) {
	out := new(HubExpectedPause)
	if err := hub.abi.UnpackIntoInterface(out, "ExpectedPause", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubIncompleteTransfer represents a IncompleteTransfer error raised by the Hub contract.
type HubIncompleteTransfer struct {
	Amount   *big.Int
	Received *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error IncompleteTransfer(uint256 amount, uint256 received)
func HubIncompleteTransferErrorID() common.Hash {
	return common.HexToHash("0x9d8cb6b8acb55c2434a8255b1414c530b78b3cb26f260b938f89f4569c8d5ef2")
}

// UnpackIncompleteTransferError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error IncompleteTransfer(uint256 amount, uint256 received)
func (hub *Hub) UnpackIncompleteTransferError(raw []byte) (*HubIncompleteTransfer, error) {
	out := new(HubIncompleteTransfer)
	if err := hub.abi.UnpackIntoInterface(out, "IncompleteTransfer", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubInvalidAmount represents a InvalidAmount error raised by the Hub contract.
type HubInvalidAmount struct {
	Amount *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidAmount(uint256 amount)
func HubInvalidAmountErrorID() common.Hash {
	return common.HexToHash("0x3728b83da61d63401ac13ad617e59d729e6cb5ed67c24fa9dc4e9b626307fd6e")
}

// UnpackInvalidAmountError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidAmount(uint256 amount)
func (hub *Hub) UnpackInvalidAmountError(raw []byte) (*HubInvalidAmount, error) {
	out := new(HubInvalidAmount)
	if err := hub.abi.UnpackIntoInterface(out, "InvalidAmount", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubInvalidGroup represents a InvalidGroup error raised by the Hub contract.
type HubInvalidGroup struct {
	Signers *big.Int
	Faulty  uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidGroup(uint256 signers, uint8 faulty)
func HubInvalidGroupErrorID() common.Hash {
	return common.HexToHash("0xa3eb9aac9d65120244bdc1a20a62f3316edba4adee26ee543d5814de3aa36256")
}

// UnpackInvalidGroupError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidGroup(uint256 signers, uint8 faulty)
func (hub *Hub) UnpackInvalidGroupError(raw []byte) (*HubInvalidGroup, error) {
	out := new(HubInvalidGroup)
	if err := hub.abi.UnpackIntoInterface(out, "InvalidGroup", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubInvalidMoney represents a InvalidMoney error raised by the Hub contract.
type HubInvalidMoney struct {
	Money    common.Address
	Decimals uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidMoney(address money, uint8 decimals)
func HubInvalidMoneyErrorID() common.Hash {
	return common.HexToHash("0x7661ab0910d416f515b6106fe364187e7d8942eb2f395cf5033655a960ce6129")
}

// UnpackInvalidMoneyError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidMoney(address money, uint8 decimals)
func (hub *Hub) UnpackInvalidMoneyError(raw []byte) (*HubInvalidMoney, error) {
	out := new(HubInvalidMoney)
	if err := hub.abi.UnpackIntoInterface(out, "InvalidMoney", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubInvalidNameplate represents a InvalidNameplate error raised by the Hub contract.
type HubInvalidNameplate struct {
	Zone      [32]byte
	Nameplate uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidNameplate(bytes32 zone, uint64 nameplate)
func HubInvalidNameplateErrorID() common.Hash {
	return common.HexToHash("0x3d85f591cf246a2b9a04f567bc6c0f6323cebdaea954c74a974de3b9ae086e66")
}

// UnpackInvalidNameplateError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidNameplate(bytes32 zone, uint64 nameplate)
func (hub *Hub) UnpackInvalidNameplateError(raw []byte) (*HubInvalidNameplate, error) {
	out := new(HubInvalidNameplate)
	if err := hub.abi.UnpackIntoInterface(out, "InvalidNameplate", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubInvalidSigner represents a InvalidSigner error raised by the Hub contract.
type HubInvalidSigner struct {
	Signer common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidSigner(address signer)
func HubInvalidSignerErrorID() common.Hash {
	return common.HexToHash("0xbf18af4376e76b3bc6eff3f06259e7333a989b275646b90af2c119b5bf92ae45")
}

// UnpackInvalidSignerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidSigner(address signer)
func (hub *Hub) UnpackInvalidSignerError(raw []byte) (*HubInvalidSigner, error) {
	out := new(HubInvalidSigner)
	if err := hub.abi.UnpackIntoInterface(out, "InvalidSigner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubInvalidWindow represents a InvalidWindow error raised by the Hub contract.
type HubInvalidWindow struct {
	ChallengeWindow uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error InvalidWindow(uint32 challengeWindow)
func HubInvalidWindowErrorID() common.Hash {
	return common.HexToHash("0xee2ae5107d30143ce2d5277a3f24af0df7a0f20245e97122fe307bd3e872da9d")
}

// UnpackInvalidWindowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error InvalidWindow(uint32 challengeWindow)
func (hub *Hub) UnpackInvalidWindowError(raw []byte) (*HubInvalidWindow, error) {
	out := new(HubInvalidWindow)
	if err := hub.abi.UnpackIntoInterface(out, "InvalidWindow", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubLeafNotInRoot represents a LeafNotInRoot error raised by the Hub contract.
type HubLeafNotInRoot struct {
	Zone   [32]byte
	Number uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error LeafNotInRoot(bytes32 zone, uint64 number)
func HubLeafNotInRootErrorID() common.Hash {
	return common.HexToHash("0xe861d013e82638b92655650d8c355cc59758d91b4858f4bbe3736bc427d90812")
}

// UnpackLeafNotInRootError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error LeafNotInRoot(bytes32 zone, uint64 number)
func (hub *Hub) UnpackLeafNotInRootError(raw []byte) (*HubLeafNotInRoot, error) {
	out := new(HubLeafNotInRoot)
	if err := hub.abi.UnpackIntoInterface(out, "LeafNotInRoot", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubLeafSize represents a LeafSize error raised by the Hub contract.
type HubLeafSize struct {
	Size *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error LeafSize(uint256 size)
func HubLeafSizeErrorID() common.Hash {
	return common.HexToHash("0x89d80298a1d774c31a744d54ff16098c02b5b499eabfa898131f3dfa850b5036")
}

// UnpackLeafSizeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error LeafSize(uint256 size)
func (hub *Hub) UnpackLeafSizeError(raw []byte) (*HubLeafSize, error) {
	out := new(HubLeafSize)
	if err := hub.abi.UnpackIntoInterface(out, "LeafSize", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubMalformedSignature represents a MalformedSignature error raised by the Hub contract.
type HubMalformedSignature struct {
	Index *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error MalformedSignature(uint256 index)
func HubMalformedSignatureErrorID() common.Hash {
	return common.HexToHash("0xede19962768f7f6900ec015f3eb17c77bded84ad8ce35dc63dc5f6b5011e7e9c")
}

// UnpackMalformedSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error MalformedSignature(uint256 index)
func (hub *Hub) UnpackMalformedSignatureError(raw []byte) (*HubMalformedSignature, error) {
	out := new(HubMalformedSignature)
	if err := hub.abi.UnpackIntoInterface(out, "MalformedSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubNoPayout represents a NoPayout error raised by the Hub contract.
type HubNoPayout struct {
	Zone   [32]byte
	Member [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NoPayout(bytes32 zone, bytes32 member)
func HubNoPayoutErrorID() common.Hash {
	return common.HexToHash("0x5eea492a2a62ea86af6c1d2e12a306c435b377ac07ba14139416873b7fa3821e")
}

// UnpackNoPayoutError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NoPayout(bytes32 zone, bytes32 member)
func (hub *Hub) UnpackNoPayoutError(raw []byte) (*HubNoPayout, error) {
	out := new(HubNoPayout)
	if err := hub.abi.UnpackIntoInterface(out, "NoPayout", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubNotAttested represents a NotAttested error raised by the Hub contract.
type HubNotAttested struct {
	Zone   [32]byte
	Start  uint64
	Length uint32
	Run    uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotAttested(bytes32 zone, uint64 start, uint32 length, uint32 run)
func HubNotAttestedErrorID() common.Hash {
	return common.HexToHash("0xc172b2db38c8567c9950278984eb684d6de113a83cf3848f99787eba427da8c1")
}

// UnpackNotAttestedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotAttested(bytes32 zone, uint64 start, uint32 length, uint32 run)
func (hub *Hub) UnpackNotAttestedError(raw []byte) (*HubNotAttested, error) {
	out := new(HubNotAttested)
	if err := hub.abi.UnpackIntoInterface(out, "NotAttested", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubNotInRoot represents a NotInRoot error raised by the Hub contract.
type HubNotInRoot struct {
	Root [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotInRoot(bytes32 root)
func HubNotInRootErrorID() common.Hash {
	return common.HexToHash("0x2dee774444f9f21b468502465e54c5dd0352e966edfc8f2ad6090a29033fcb92")
}

// UnpackNotInRootError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotInRoot(bytes32 root)
func (hub *Hub) UnpackNotInRootError(raw []byte) (*HubNotInRoot, error) {
	out := new(HubNotInRoot)
	if err := hub.abi.UnpackIntoInterface(out, "NotInRoot", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubNotPayable represents a NotPayable error raised by the Hub contract.
type HubNotPayable struct {
	Zone   [32]byte
	Number uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotPayable(bytes32 zone, uint64 number)
func HubNotPayableErrorID() common.Hash {
	return common.HexToHash("0x4781cd1ca1bf03b61fcbc819c7c61b43adcbb2130afc1106e14a094e03ba1347")
}

// UnpackNotPayableError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotPayable(bytes32 zone, uint64 number)
func (hub *Hub) UnpackNotPayableError(raw []byte) (*HubNotPayable, error) {
	out := new(HubNotPayable)
	if err := hub.abi.UnpackIntoInterface(out, "NotPayable", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubNotPosted represents a NotPosted error raised by the Hub contract.
type HubNotPosted struct {
	Zone  [32]byte
	Start uint64
	Run   uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotPosted(bytes32 zone, uint64 start, uint32 run)
func HubNotPostedErrorID() common.Hash {
	return common.HexToHash("0xbf4b442369662116a6cdf97daab4a24c80ab90b1d3744bb479531f67395e43e1")
}

// UnpackNotPostedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotPosted(bytes32 zone, uint64 start, uint32 run)
func (hub *Hub) UnpackNotPostedError(raw []byte) (*HubNotPosted, error) {
	out := new(HubNotPosted)
	if err := hub.abi.UnpackIntoInterface(out, "NotPosted", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubNotReclaimable represents a NotReclaimable error raised by the Hub contract.
type HubNotReclaimable struct {
	Zone        [32]byte
	Member      [32]byte
	DepositedIn uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotReclaimable(bytes32 zone, bytes32 member, uint64 depositedIn)
func HubNotReclaimableErrorID() common.Hash {
	return common.HexToHash("0xe70d8b7c850c2197e2e04d244e0c7d908f69ee38199cea49980da680c096c71f")
}

// UnpackNotReclaimableError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotReclaimable(bytes32 zone, bytes32 member, uint64 depositedIn)
func (hub *Hub) UnpackNotReclaimableError(raw []byte) (*HubNotReclaimable, error) {
	out := new(HubNotReclaimable)
	if err := hub.abi.UnpackIntoInterface(out, "NotReclaimable", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubNotRevocable represents a NotRevocable error raised by the Hub contract.
type HubNotRevocable struct {
	Zone   [32]byte
	Number uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotRevocable(bytes32 zone, uint64 number)
func HubNotRevocableErrorID() common.Hash {
	return common.HexToHash("0xc9d15f93cc9514ba2408de91f54daa33394b6630f2cbf20ff6254d4f12ad3093")
}

// UnpackNotRevocableError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotRevocable(bytes32 zone, uint64 number)
func (hub *Hub) UnpackNotRevocableError(raw []byte) (*HubNotRevocable, error) {
	out := new(HubNotRevocable)
	if err := hub.abi.UnpackIntoInterface(out, "NotRevocable", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubNothingDue represents a NothingDue error raised by the Hub contract.
type HubNothingDue struct {
	Zone   [32]byte
	Member [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NothingDue(bytes32 zone, bytes32 member)
func HubNothingDueErrorID() common.Hash {
	return common.HexToHash("0x04aae77dc0334e5be5777d8e9862f8a0cd406fb45ba8d532efb0f22a6781e2df")
}

// UnpackNothingDueError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NothingDue(bytes32 zone, bytes32 member)
func (hub *Hub) UnpackNothingDueError(raw []byte) (*HubNothingDue, error) {
	out := new(HubNothingDue)
	if err := hub.abi.UnpackIntoInterface(out, "NothingDue", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubOtherBlock represents a OtherBlock error raised by the Hub contract.
type HubOtherBlock struct {
	Zone      [32]byte
	CountedTo uint64
	Oldest    uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OtherBlock(bytes32 zone, uint64 countedTo, uint64 oldest)
func HubOtherBlockErrorID() common.Hash {
	return common.HexToHash("0x1aeb2930872db76be8c27131d8023d80e0aaabc3926c4b925651ce91f20a2cf9")
}

// UnpackOtherBlockError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OtherBlock(bytes32 zone, uint64 countedTo, uint64 oldest)
func (hub *Hub) UnpackOtherBlockError(raw []byte) (*HubOtherBlock, error) {
	out := new(HubOtherBlock)
	if err := hub.abi.UnpackIntoInterface(out, "OtherBlock", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubOtherConfig represents a OtherConfig error raised by the Hub contract.
type HubOtherConfig struct {
	ConfigDigest [32]byte
	Current      [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OtherConfig(bytes32 configDigest, bytes32 current)
func HubOtherConfigErrorID() common.Hash {
	return common.HexToHash("0x5aca460804916fe8cd67c19fc58d9711a9b559b2d7c97738eec10644293cc5ee")
}

// UnpackOtherConfigError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OtherConfig(bytes32 configDigest, bytes32 current)
func (hub *Hub) UnpackOtherConfigError(raw []byte) (*HubOtherConfig, error) {
	out := new(HubOtherConfig)
	if err := hub.abi.UnpackIntoInterface(out, "OtherConfig", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubOtherLength represents a OtherLength error raised by the Hub contract.
type HubOtherLength struct {
	Zone   [32]byte
	Start  uint64
	Length uint32
	Before uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OtherLength(bytes32 zone, uint64 start, uint32 length, uint32 before)
func HubOtherLengthErrorID() common.Hash {
	return common.HexToHash("0x33c0ace7a0122a7619ad7996659875550fabe489820db89c6a7e154ec65d3a9d")
}

// UnpackOtherLengthError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OtherLength(bytes32 zone, uint64 start, uint32 length, uint32 before)
func (hub *Hub) UnpackOtherLengthError(raw []byte) (*HubOtherLength, error) {
	out := new(HubOtherLength)
	if err := hub.abi.UnpackIntoInterface(out, "OtherLength", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubOtherNumber represents a OtherNumber error raised by the Hub contract.
type HubOtherNumber struct {
	Zone   [32]byte
	Number uint64
	Next   uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OtherNumber(bytes32 zone, uint64 number, uint64 next)
func HubOtherNumberErrorID() common.Hash {
	return common.HexToHash("0x3817910be032f3ff77a4d9a8f2405c3b0292dc059a636abdf0bccfdfa6f40bab")
}

// UnpackOtherNumberError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OtherNumber(bytes32 zone, uint64 number, uint64 next)
func (hub *Hub) UnpackOtherNumberError(raw []byte) (*HubOtherNumber, error) {
	out := new(HubOtherNumber)
	if err := hub.abi.UnpackIntoInterface(out, "OtherNumber", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubReentrancyGuardReentrantCall represents a ReentrancyGuardReentrantCall error raised by the Hub contract.
type HubReentrancyGuardReentrantCall struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ReentrancyGuardReentrantCall()
func HubReentrancyGuardReentrantCallErrorID() common.Hash {
	return common.HexToHash("0x3ee5aeb571de7fc460830b4d0017439a1ca56fb0bc39062227ade4fe4a24c1ca")
}

// UnpackReentrancyGuardReentrantCallError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ReentrancyGuardReentrantCall()
func (hub *Hub) UnpackReentrancyGuardReentrantCallError(raw []byte) (*HubReentrancyGuardReentrantCall, error) {
	out := new(HubReentrancyGuardReentrantCall)
	if err := hub.abi.UnpackIntoInterface(out, "ReentrancyGuardReentrantCall", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubReleasedFell represents a ReleasedFell error raised by the Hub contract.
type HubReleasedFell struct {
	Zone     [32]byte
	Released uint64
	Before   uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ReleasedFell(bytes32 zone, uint64 released, uint64 before)
func HubReleasedFellErrorID() common.Hash {
	return common.HexToHash("0xe8b6b1cc54324c7368807ce264e84407b4d8ec63c09f25a8a5e3ea49fbe05f9d")
}

// UnpackReleasedFellError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ReleasedFell(bytes32 zone, uint64 released, uint64 before)
func (hub *Hub) UnpackReleasedFellError(raw []byte) (*HubReleasedFell, error) {
	out := new(HubReleasedFell)
	if err := hub.abi.UnpackIntoInterface(out, "ReleasedFell", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubRepeatedSigner represents a RepeatedSigner error raised by the Hub contract.
type HubRepeatedSigner struct {
	Signer common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error RepeatedSigner(address signer)
func HubRepeatedSignerErrorID() common.Hash {
	return common.HexToHash("0x7451f83e629fe564b4033a7bb8aad04558ce087e76335c241d5efaa5d25d1ab0")
}

// UnpackRepeatedSignerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error RepeatedSigner(address signer)
func (hub *Hub) UnpackRepeatedSignerError(raw []byte) (*HubRepeatedSigner, error) {
	out := new(HubRepeatedSigner)
	if err := hub.abi.UnpackIntoInterface(out, "RepeatedSigner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubReportDomain represents a ReportDomain error raised by the Hub contract.
type HubReportDomain struct {
	Domain [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ReportDomain(bytes32 domain)
func HubReportDomainErrorID() common.Hash {
	return common.HexToHash("0x9cd02fbfae52394ba22c80138c7fcec39320f05727778db841389bbc279b974f")
}

// UnpackReportDomainError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ReportDomain(bytes32 domain)
func (hub *Hub) UnpackReportDomainError(raw []byte) (*HubReportDomain, error) {
	out := new(HubReportDomain)
	if err := hub.abi.UnpackIntoInterface(out, "ReportDomain", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubReportInterval represents a ReportInterval error raised by the Hub contract.
type HubReportInterval struct {
	Start  uint64
	Length uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ReportInterval(uint64 start, uint32 length)
func HubReportIntervalErrorID() common.Hash {
	return common.HexToHash("0xafb2329ac340b354d254a0046c4dc9980d97c47def42dbb7a56611fe0dd5ceb3")
}

// UnpackReportIntervalError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ReportInterval(uint64 start, uint32 length)
func (hub *Hub) UnpackReportIntervalError(raw []byte) (*HubReportInterval, error) {
	out := new(HubReportInterval)
	if err := hub.abi.UnpackIntoInterface(out, "ReportInterval", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubReportSize represents a ReportSize error raised by the Hub contract.
type HubReportSize struct {
	Size *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ReportSize(uint256 size)
func HubReportSizeErrorID() common.Hash {
	return common.HexToHash("0xf4bf50a4b736550afd1f498009d0470fa27fdbed2c8debe841daaa7fef36dcde")
}

// UnpackReportSizeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ReportSize(uint256 size)
func (hub *Hub) UnpackReportSizeError(raw []byte) (*HubReportSize, error) {
	out := new(HubReportSize)
	if err := hub.abi.UnpackIntoInterface(out, "ReportSize", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubReportTotals represents a ReportTotals error raised by the Hub contract.
type HubReportTotals struct {
	Exported uint64
	Imported uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ReportTotals(uint64 exported, uint64 imported)
func HubReportTotalsErrorID() common.Hash {
	return common.HexToHash("0x4b01c6ee50cf2d4416385add9ca0a800b482d4f86a0c12cc1e4eab522f89f6a6")
}

// UnpackReportTotalsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ReportTotals(uint64 exported, uint64 imported)
func (hub *Hub) UnpackReportTotalsError(raw []byte) (*HubReportTotals, error) {
	out := new(HubReportTotals)
	if err := hub.abi.UnpackIntoInterface(out, "ReportTotals", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubRootSuperseded represents a RootSuperseded error raised by the Hub contract.
type HubRootSuperseded struct {
	Zone   [32]byte
	Number uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error RootSuperseded(bytes32 zone, uint64 number)
func HubRootSupersededErrorID() common.Hash {
	return common.HexToHash("0x1655cfaf24f230bb4dfbdce59719d4bbf4c4ee48b6175b62f94ad3cec38ae82a")
}

// UnpackRootSupersededError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error RootSuperseded(bytes32 zone, uint64 number)
func (hub *Hub) UnpackRootSupersededError(raw []byte) (*HubRootSuperseded, error) {
	out := new(HubRootSuperseded)
	if err := hub.abi.UnpackIntoInterface(out, "RootSuperseded", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubRunSuperseded represents a RunSuperseded error raised by the Hub contract.
type HubRunSuperseded struct {
	Zone  [32]byte
	Start uint64
	Run   uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error RunSuperseded(bytes32 zone, uint64 start, uint32 run)
func HubRunSupersededErrorID() common.Hash {
	return common.HexToHash("0x77f84b7d8d0d8441345b6fd79a14051f5a90658ea747e7fa4fda69e0c89b0b89")
}

// UnpackRunSupersededError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error RunSuperseded(bytes32 zone, uint64 start, uint32 run)
func (hub *Hub) UnpackRunSupersededError(raw []byte) (*HubRunSuperseded, error) {
	out := new(HubRunSuperseded)
	if err := hub.abi.UnpackIntoInterface(out, "RunSuperseded", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubSafeCastOverflowedUintDowncast represents a SafeCastOverflowedUintDowncast error raised by the Hub contract.
type HubSafeCastOverflowedUintDowncast struct {
	Bits  uint8
	Value *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value)
func HubSafeCastOverflowedUintDowncastErrorID() common.Hash {
	return common.HexToHash("0x6dfcc6503a32754ce7a89698e18201fc5294fd4aad43edefee786f88423b1a12")
}

// UnpackSafeCastOverflowedUintDowncastError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value)
func (hub *Hub) UnpackSafeCastOverflowedUintDowncastError(raw []byte) (*HubSafeCastOverflowedUintDowncast, error) {
	out := new(HubSafeCastOverflowedUintDowncast)
	if err := hub.abi.UnpackIntoInterface(out, "SafeCastOverflowedUintDowncast", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubSafeERC20FailedOperation represents a SafeERC20FailedOperation error raised by the Hub contract.
type HubSafeERC20FailedOperation struct {
	Token common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SafeERC20FailedOperation(address token)
func HubSafeERC20FailedOperationErrorID() common.Hash {
	return common.HexToHash("0x5274afe73c98b4749fc91ffae6b7b574e7842cb2144a159e9377a5f20b32edf9")
}

// UnpackSafeERC20FailedOperationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SafeERC20FailedOperation(address token)
func (hub *Hub) UnpackSafeERC20FailedOperationError(raw []byte) (*HubSafeERC20FailedOperation, error) {
	out := new(HubSafeERC20FailedOperation)
	if err := hub.abi.UnpackIntoInterface(out, "SafeERC20FailedOperation", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubSettlementDomain represents a SettlementDomain error raised by the Hub contract.
type HubSettlementDomain struct {
	Domain [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SettlementDomain(bytes32 domain)
func HubSettlementDomainErrorID() common.Hash {
	return common.HexToHash("0x5e16fdeda1ffdf8c9be6190cdba722b8d30eb7633a20f1e9e89009faf9a65e1e")
}

// UnpackSettlementDomainError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SettlementDomain(bytes32 domain)
func (hub *Hub) UnpackSettlementDomainError(raw []byte) (*HubSettlementDomain, error) {
	out := new(HubSettlementDomain)
	if err := hub.abi.UnpackIntoInterface(out, "SettlementDomain", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubSettlementInterval represents a SettlementInterval error raised by the Hub contract.
type HubSettlementInterval struct {
	Start  uint64
	Length uint32
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SettlementInterval(uint64 start, uint32 length)
func HubSettlementIntervalErrorID() common.Hash {
	return common.HexToHash("0x9a443084539cace800e5957ae2226b833909940c1de94418e709471ac86cc660")
}

// UnpackSettlementIntervalError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SettlementInterval(uint64 start, uint32 length)
func (hub *Hub) UnpackSettlementIntervalError(raw []byte) (*HubSettlementInterval, error) {
	out := new(HubSettlementInterval)
	if err := hub.abi.UnpackIntoInterface(out, "SettlementInterval", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubSettlementSize represents a SettlementSize error raised by the Hub contract.
type HubSettlementSize struct {
	Size *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SettlementSize(uint256 size)
func HubSettlementSizeErrorID() common.Hash {
	return common.HexToHash("0x45a7c3e1acf627fb7ce7b4273e97aaabc398f45f20281c20f94c7575741ee3d5")
}

// UnpackSettlementSizeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SettlementSize(uint256 size)
func (hub *Hub) UnpackSettlementSizeError(raw []byte) (*HubSettlementSize, error) {
	out := new(HubSettlementSize)
	if err := hub.abi.UnpackIntoInterface(out, "SettlementSize", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubSettlementTotals represents a SettlementTotals error raised by the Hub contract.
type HubSettlementTotals struct {
	Energy   uint64
	Released uint64
	Owed     uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SettlementTotals(uint64 energy, uint64 released, uint64 owed)
func HubSettlementTotalsErrorID() common.Hash {
	return common.HexToHash("0x3ec3ccb60058a9efc1bcd564821eff47e312c6a9a8a32417b151369c78467570")
}

// UnpackSettlementTotalsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SettlementTotals(uint64 energy, uint64 released, uint64 owed)
func (hub *Hub) UnpackSettlementTotalsError(raw []byte) (*HubSettlementTotals, error) {
	out := new(HubSettlementTotals)
	if err := hub.abi.UnpackIntoInterface(out, "SettlementTotals", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubSignaturesSize represents a SignaturesSize error raised by the Hub contract.
type HubSignaturesSize struct {
	Size     *big.Int
	Expected *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SignaturesSize(uint256 size, uint256 expected)
func HubSignaturesSizeErrorID() common.Hash {
	return common.HexToHash("0x0d17655f074a20972a2b85deba3d23aad1f2f8b5a68f404ec900edf09555244f")
}

// UnpackSignaturesSizeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SignaturesSize(uint256 size, uint256 expected)
func (hub *Hub) UnpackSignaturesSizeError(raw []byte) (*HubSignaturesSize, error) {
	out := new(HubSignaturesSize)
	if err := hub.abi.UnpackIntoInterface(out, "SignaturesSize", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubUnknownSigner represents a UnknownSigner error raised by the Hub contract.
type HubUnknownSigner struct {
	Signer common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnknownSigner(address signer)
func HubUnknownSignerErrorID() common.Hash {
	return common.HexToHash("0xd7e8a2c26fd6e574581d4dadb54adcae8e49f64b22b2d5386731d559357f82c3")
}

// UnpackUnknownSignerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnknownSigner(address signer)
func (hub *Hub) UnpackUnknownSignerError(raw []byte) (*HubUnknownSigner, error) {
	out := new(HubUnknownSigner)
	if err := hub.abi.UnpackIntoInterface(out, "UnknownSigner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// HubUnknownZone represents a UnknownZone error raised by the Hub contract.
type HubUnknownZone struct {
	Zone [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnknownZone(bytes32 zone)
func HubUnknownZoneErrorID() common.Hash {
	return common.HexToHash("0x1a09be055e07aa1cb9cc22354736ccda419ed65512104591ebb1f401accda6be")
}

// UnpackUnknownZoneError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnknownZone(bytes32 zone)
func (hub *Hub) UnpackUnknownZoneError(raw []byte) (*HubUnknownZone, error) {
	out := new(HubUnknownZone)
	if err := hub.abi.UnpackIntoInterface(out, "UnknownZone", raw); err != nil {
		return nil, err
	}
	return out, nil
}
