package ocr

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/rlp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/smartcontractkit/libocr/offchainreporting2plus/types"
)

// database is what an oracle remembers, in Postgres. Every write is committed, and by the server's default flushed to
// disk, before it returns: an oracle that forgets what it signed may sign the opposite.
type database struct {
	pool   *pgxpool.Pool
	oracle string // the oracle's name, part of every key
}

// storedConfig is a configuration as it is kept: RLP over version 1 and the fields below in this order.
type storedConfig struct {
	Version         uint64
	Digest          [32]byte
	Count           uint64
	Signers         [][]byte
	Transmitters    []string
	Faulty          uint8
	Onchain         []byte
	OffchainVersion uint64
	Offchain        []byte
}

const storedConfigVersion = 1

func encodeConfig(c types.ContractConfig) ([]byte, error) {
	s := storedConfig{
		Version: storedConfigVersion, Digest: c.ConfigDigest, Count: c.ConfigCount, Faulty: c.F, Onchain: c.OnchainConfig,
		OffchainVersion: c.OffchainConfigVersion, Offchain: c.OffchainConfig,
	}
	for _, key := range c.Signers {
		s.Signers = append(s.Signers, key)
	}
	for _, account := range c.Transmitters {
		s.Transmitters = append(s.Transmitters, string(account))
	}
	return rlp.EncodeToBytes(s)
}

func decodeConfig(b []byte) (types.ContractConfig, error) {
	var s storedConfig
	if err := rlp.DecodeBytes(b, &s); err != nil {
		return types.ContractConfig{}, fmt.Errorf("stored oracle configuration: %w", err)
	}
	if s.Version != storedConfigVersion {
		return types.ContractConfig{}, fmt.Errorf("stored oracle configuration of version %d, known is %d", s.Version, storedConfigVersion)
	}
	c := types.ContractConfig{
		ConfigDigest: s.Digest, ConfigCount: s.Count, F: s.Faulty, OnchainConfig: s.Onchain,
		OffchainConfigVersion: s.OffchainVersion, OffchainConfig: s.Offchain,
	}
	for _, key := range s.Signers {
		c.Signers = append(c.Signers, key)
	}
	for _, account := range s.Transmitters {
		c.Transmitters = append(c.Transmitters, types.Account(account))
	}
	return c, nil
}

// ReadConfig is the newest configuration the oracle saw, nil if none.
func (d *database) ReadConfig(ctx context.Context) (*types.ContractConfig, error) {
	var b []byte
	err := d.pool.QueryRow(ctx, `SELECT config FROM ocr_config WHERE oracle = $1`, d.oracle).Scan(&b)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read oracle configuration: %w", err)
	}
	c, err := decodeConfig(b)
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// WriteConfig replaces the configuration.
func (d *database) WriteConfig(ctx context.Context, c types.ContractConfig) error {
	b, err := encodeConfig(c)
	if err != nil {
		return fmt.Errorf("write oracle configuration: %w", err)
	}
	_, err = d.pool.Exec(ctx, `INSERT INTO ocr_config (oracle, digest, config) VALUES ($1, $2, $3)
		ON CONFLICT (oracle) DO UPDATE SET digest = excluded.digest, config = excluded.config`, d.oracle, c.ConfigDigest[:], b)
	if err != nil {
		return fmt.Errorf("write oracle configuration: %w", err)
	}
	return nil
}

// ReadProtocolState is the value of a key, nil if there is none.
func (d *database) ReadProtocolState(ctx context.Context, digest types.ConfigDigest, key string) ([]byte, error) {
	var value []byte
	err := d.pool.QueryRow(ctx, `SELECT value FROM ocr_protocol_state WHERE oracle = $1 AND config_digest = $2 AND key = $3`,
		d.oracle, digest[:], key).Scan(&value)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read oracle state %q: %w", key, err)
	}
	return value, nil
}

// WriteProtocolState sets the value of a key; nil deletes it.
func (d *database) WriteProtocolState(ctx context.Context, digest types.ConfigDigest, key string, value []byte) error {
	var err error
	if value == nil {
		_, err = d.pool.Exec(ctx, `DELETE FROM ocr_protocol_state WHERE oracle = $1 AND config_digest = $2 AND key = $3`,
			d.oracle, digest[:], key)
	} else {
		_, err = d.pool.Exec(ctx, `INSERT INTO ocr_protocol_state (oracle, config_digest, key, value) VALUES ($1, $2, $3, $4)
			ON CONFLICT (oracle, config_digest, key) DO UPDATE SET value = excluded.value`, d.oracle, digest[:], key, value)
	}
	if err != nil {
		return fmt.Errorf("write oracle state %q: %w", key, err)
	}
	return nil
}
