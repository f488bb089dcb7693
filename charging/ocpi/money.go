package ocpi

// Price is an amount with its taxes.
type Price struct {
	BeforeTaxes Number `json:"before_taxes"`
	Taxes       []Tax  `json:"taxes,omitempty"`
}

// Tax is one of them.
type Tax struct {
	Name   string  `json:"name"`
	Amount Number  `json:"amount"`
	Number string  `json:"account_number,omitempty"`
	Rate   *Number `json:"percentage,omitempty"`
}

// PriceLimit is a bound of what a session costs.
type PriceLimit struct {
	BeforeTaxes Number  `json:"before_taxes"`
	AfterTaxes  *Number `json:"after_taxes,omitempty"`
}

// Tariff is what a session costs.
type Tariff struct {
	CountryCode  string          `json:"country_code"`
	PartyID      string          `json:"party_id"`
	ID           string          `json:"id"`
	Currency     string          `json:"currency"`
	Type         string          `json:"type,omitempty"`
	AltText      []DisplayText   `json:"tariff_alt_text,omitempty"`
	AltURL       string          `json:"tariff_alt_url,omitempty"`
	MinPrice     *PriceLimit     `json:"min_price,omitempty"`
	MaxPrice     *PriceLimit     `json:"max_price,omitempty"`
	Preauthorize *Number         `json:"preauthorize_amount,omitempty"`
	Elements     []TariffElement `json:"elements"`
	TaxIncluded  string          `json:"tax_included,omitempty"` // YES, NO, N/A
	Start        *Time           `json:"start_date_time,omitempty"`
	End          *Time           `json:"end_date_time,omitempty"`
	EnergyMix    *EnergyMix      `json:"energy_mix,omitempty"`
	LastUpdated  *Time           `json:"last_updated,omitempty"` // required, yet the standard's own examples leave it out
}

func (t Tariff) required() []field {
	fields := append(owned(t.CountryCode, t.PartyID, "id", t.ID), text("currency", t.Currency), field{"elements", len(t.Elements) > 0})
	for _, e := range t.Elements {
		fields = append(fields, field{"price_components", len(e.Components) > 0})
	}
	return fields
}

// TariffElement is a group of prices that apply together.
type TariffElement struct {
	Components   []PriceComponent `json:"price_components"`
	Restrictions *Restrictions    `json:"restrictions,omitempty"`
}

// PriceComponent is one price.
type PriceComponent struct {
	Type     string  `json:"type"` // ENERGY, FLAT, PARKING_TIME, TIME
	Price    Number  `json:"price"`
	VAT      *Number `json:"vat,omitempty"` // percent
	StepSize int64   `json:"step_size"`
}

// Restrictions say when an element applies.
type Restrictions struct {
	StartTime   string   `json:"start_time,omitempty"`
	EndTime     string   `json:"end_time,omitempty"`
	StartDate   string   `json:"start_date,omitempty"`
	EndDate     string   `json:"end_date,omitempty"`
	MinKWh      *Number  `json:"min_kwh,omitempty"`
	MaxKWh      *Number  `json:"max_kwh,omitempty"`
	MinCurrent  *Number  `json:"min_current,omitempty"`
	MaxCurrent  *Number  `json:"max_current,omitempty"`
	MinPower    *Number  `json:"min_power,omitempty"`
	MaxPower    *Number  `json:"max_power,omitempty"`
	MinDuration *int64   `json:"min_duration,omitempty"` // s
	MaxDuration *int64   `json:"max_duration,omitempty"`
	DayOfWeek   []string `json:"day_of_week,omitempty"`
	Reservation string   `json:"reservation,omitempty"`
}

// SessionToken is the token a session was started with.
type SessionToken struct {
	CountryCode string `json:"country_code"`
	PartyID     string `json:"party_id"`
	UID         string `json:"uid"`
	Type        string `json:"type"`
	ContractID  string `json:"contract_id"`
}

// Period is a part of a session in which nothing relevant changed.
type Period struct {
	Start      Time        `json:"start_date_time"`
	Dimensions []Dimension `json:"dimensions"`
	TariffID   string      `json:"tariff_id,omitempty"`
}

// Dimension is what was consumed in a period.
type Dimension struct {
	Type   string `json:"type"`
	Volume Number `json:"volume"`
}

// Session is one that goes on.
type Session struct {
	CountryCode   string       `json:"country_code"`
	PartyID       string       `json:"party_id"`
	ID            string       `json:"id"`
	Start         Time         `json:"start_date_time"`
	End           *Time        `json:"end_date_time,omitempty"`
	KWh           Number       `json:"kwh"`
	Token         SessionToken `json:"cdr_token"`
	AuthMethod    string       `json:"auth_method"`
	Authorization string       `json:"authorization_reference,omitempty"`
	LocationID    string       `json:"location_id"`
	EVSEUID       string       `json:"evse_uid"`
	ConnectorID   string       `json:"connector_id"`
	MeterID       string       `json:"meter_id,omitempty"`
	Currency      string       `json:"currency"`
	Periods       []Period     `json:"charging_periods,omitempty"`
	TotalCost     *Price       `json:"total_cost,omitempty"`
	Status        string       `json:"status"`
	LastUpdated   Time         `json:"last_updated"`
}

func (s Session) required() []field {
	return append(owned(s.CountryCode, s.PartyID, "id", s.ID), at("start_date_time", s.Start), text("cdr_token", s.Token.UID),
		text("auth_method", s.AuthMethod), text("location_id", s.LocationID), text("currency", s.Currency), text("status", s.Status),
		at("last_updated", s.LastUpdated))
}

// CDR is a charge detail record: a session that is over and billed.
type CDR struct {
	CountryCode     string       `json:"country_code"`
	PartyID         string       `json:"party_id"`
	ID              string       `json:"id"`
	Start           Time         `json:"start_date_time"`
	End             Time         `json:"end_date_time"`
	SessionID       string       `json:"session_id,omitempty"`
	Token           SessionToken `json:"cdr_token"`
	AuthMethod      string       `json:"auth_method"`
	Authorization   string       `json:"authorization_reference,omitempty"`
	Location        CDRLocation  `json:"cdr_location"`
	MeterID         string       `json:"meter_id,omitempty"`
	Currency        string       `json:"currency"`
	Tariffs         []Tariff     `json:"tariffs,omitempty"`
	Periods         []Period     `json:"charging_periods"`
	SignedData      *SignedData  `json:"signed_data,omitempty"`
	TotalCost       Price        `json:"total_cost"`
	FixedCost       *Price       `json:"total_fixed_cost,omitempty"`
	TotalEnergy     Number       `json:"total_energy"`
	EnergyCost      *Price       `json:"total_energy_cost,omitempty"`
	TotalTime       Number       `json:"total_time"`
	TimeCost        *Price       `json:"total_time_cost,omitempty"`
	ParkingTime     *Number      `json:"total_parking_time,omitempty"`
	ParkingCost     *Price       `json:"total_parking_cost,omitempty"`
	ReservationCost *Price       `json:"total_reservation_cost,omitempty"`
	Remark          string       `json:"remark,omitempty"`
	InvoiceID       string       `json:"invoice_reference_id,omitempty"`
	Credit          bool         `json:"credit,omitempty"`
	CreditID        string       `json:"credit_reference_id,omitempty"`
	LastUpdated     Time         `json:"last_updated"`
}

func (c CDR) required() []field {
	return append(owned(c.CountryCode, c.PartyID, "id", c.ID), at("start_date_time", c.Start), at("end_date_time", c.End),
		text("cdr_token", c.Token.UID), text("auth_method", c.AuthMethod), text("cdr_location", c.Location.ID), text("currency", c.Currency),
		field{"charging_periods", len(c.Periods) > 0}, at("last_updated", c.LastUpdated))
}

// CDRLocation is where a session was, as it was then.
type CDRLocation struct {
	ID                string      `json:"id"`
	Name              string      `json:"name,omitempty"`
	Address           string      `json:"address"`
	City              string      `json:"city"`
	PostalCode        string      `json:"postal_code,omitempty"`
	State             string      `json:"state,omitempty"`
	Country           string      `json:"country"`
	Coordinates       Coordinates `json:"coordinates"`
	EVSEUID           string      `json:"evse_uid"`
	EVSEID            string      `json:"evse_id"`
	ConnectorID       string      `json:"connector_id"`
	ConnectorStandard string      `json:"connector_standard"`
	ConnectorFormat   string      `json:"connector_format"`
	PowerType         string      `json:"connector_power_type"`
}

// SignedData is what the meter signed, for drivers to verify.
type SignedData struct {
	Encoding        string        `json:"encoding_method"` // OCMF
	EncodingVersion int           `json:"encoding_method_version,omitempty"`
	PublicKey       string        `json:"public_key,omitempty"`
	Values          []SignedValue `json:"signed_values"`
	URL             string        `json:"url,omitempty"`
}

// SignedValue is one record of the meter.
type SignedValue struct {
	Nature string `json:"nature"` // Start, End, Intermediate
	Plain  string `json:"plain_data"`
	Signed string `json:"signed_data"` // base64 of the record
}
