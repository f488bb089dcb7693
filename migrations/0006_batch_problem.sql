-- Why a batch does not go on, for the operator; absent while nothing keeps it.
ALTER TABLE batch ADD COLUMN problem text CHECK (problem <> '');
