package embed

import (
	"context"

	"github.com/wattle/wattle/internal/embed/postgres"
)

// Postgres is a running database server. It has a package of its own so that tests which need a database alone
// need not link the other engines.
type Postgres = postgres.Cluster

// PostgresConfig says where a database server keeps its data and finds its programs.
type PostgresConfig = postgres.Config

// StartPostgres starts a private database server; see [postgres.Start].
func StartPostgres(ctx context.Context, c PostgresConfig) (*Postgres, error) {
	return postgres.Start(ctx, c)
}
