-- A batch is told to whoever follows the settlement log once it is final; after a crash those that were not told are found.
ALTER TABLE batch ADD COLUMN announced boolean NOT NULL DEFAULT false;
UPDATE batch SET announced = true WHERE state = 'final';
