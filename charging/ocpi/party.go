package ocpi

// Version is one that a party speaks, and where.
type Version struct {
	Version string `json:"version"`
	URL     string `json:"url"`
}

func (v Version) required() []field { return []field{text("version", v.Version), text("url", v.URL)} }

// VersionDetails are the endpoints of a version.
type VersionDetails struct {
	Version   string     `json:"version"`
	Endpoints []Endpoint `json:"endpoints"`
}

func (v VersionDetails) required() []field {
	return []field{text("version", v.Version), {"endpoints", len(v.Endpoints) > 0}}
}

// Endpoint is where a module is spoken.
type Endpoint struct {
	Identifier string `json:"identifier"`
	Role       string `json:"role"` // SENDER or RECEIVER
	URL        string `json:"url"`
}

// Credentials let the other party in.
type Credentials struct {
	Token      string `json:"token"`
	URL        string `json:"url"`
	HubPartyID string `json:"hub_party_id,omitempty"`
	Roles      []Role `json:"roles"`
}

func (c Credentials) required() []field {
	return []field{text("token", c.Token), text("url", c.URL), {"roles", len(c.Roles) > 0}}
}

// Role is what a party is.
type Role struct {
	Role        string   `json:"role"` // CPO, EMSP and others
	Business    Business `json:"business_details"`
	PartyID     string   `json:"party_id"`
	CountryCode string   `json:"country_code"`
}

// Business is a company as people know it.
type Business struct {
	Name    string `json:"name"`
	Website string `json:"website,omitempty"`
	Logo    *Image `json:"logo,omitempty"`
}

// Image is a picture.
type Image struct {
	URL       string `json:"url"`
	Thumbnail string `json:"thumbnail,omitempty"`
	Category  string `json:"category"`
	Type      string `json:"type"`
	Width     int    `json:"width,omitempty"`
	Height    int    `json:"height,omitempty"`
}

// DisplayText is text in a language.
type DisplayText struct {
	Language string `json:"language"`
	Text     string `json:"text"`
}

func (d DisplayText) required() []field {
	return []field{text("language", d.Language), text("text", d.Text)}
}

// Token is what a driver shows.
type Token struct {
	CountryCode    string          `json:"country_code"`
	PartyID        string          `json:"party_id"`
	UID            string          `json:"uid"`
	Type           string          `json:"type"`
	ContractID     string          `json:"contract_id"`
	VisualNumber   string          `json:"visual_number,omitempty"`
	Issuer         string          `json:"issuer"`
	GroupID        string          `json:"group_id,omitempty"`
	Valid          bool            `json:"valid"`
	Whitelist      string          `json:"whitelist"`
	Language       string          `json:"language,omitempty"`
	DefaultProfile string          `json:"default_profile_type,omitempty"`
	Contract       *EnergyContract `json:"energy_contract,omitempty"`
	LastUpdated    Time            `json:"last_updated"`
}

func (t Token) required() []field {
	return append(owned(t.CountryCode, t.PartyID, "uid", t.UID), text("type", t.Type), text("contract_id", t.ContractID),
		text("whitelist", t.Whitelist), at("last_updated", t.LastUpdated))
}

// EnergyContract is a driver's own supplier.
type EnergyContract struct {
	SupplierName string `json:"supplier_name"`
	ContractID   string `json:"contract_id,omitempty"`
}

// StartSession asks a station to begin.
type StartSession struct {
	ResponseURL   string `json:"response_url"`
	Token         Token  `json:"token"`
	LocationID    string `json:"location_id"`
	EVSEUID       string `json:"evse_uid,omitempty"`
	ConnectorID   string `json:"connector_id,omitempty"`
	Authorization string `json:"authorization_reference,omitempty"`
}

func (c StartSession) required() []field {
	return append(c.Token.required(), text("response_url", c.ResponseURL), text("location_id", c.LocationID))
}

// StopSession asks a station to end.
type StopSession struct {
	ResponseURL string `json:"response_url"`
	SessionID   string `json:"session_id"`
}

func (c StopSession) required() []field {
	return []field{text("response_url", c.ResponseURL), text("session_id", c.SessionID)}
}

// CommandResponse says at once whether a command will be tried.
type CommandResponse struct {
	Result  string        `json:"result"` // ACCEPTED, REJECTED, NOT_SUPPORTED, UNKNOWN_SESSION
	Timeout int           `json:"timeout"`
	Message []DisplayText `json:"message,omitempty"`
}

func (c CommandResponse) required() []field { return []field{text("result", c.Result)} }

// CommandResult says later what the station did.
type CommandResult struct {
	Result  string        `json:"result"`
	Message []DisplayText `json:"message,omitempty"`
}

func (c CommandResult) required() []field { return []field{text("result", c.Result)} }
