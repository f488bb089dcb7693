package sunspec

// kind is the type of a point: SunSpec Device Information Model Specification V1.2, section 4.2.
type kind uint8

const (
	int16Kind kind = iota + 1
	uint16Kind
	enum16
	bitfield16
	uint32Kind
	bitfield32
	acc32
	float32Kind
	text
	factor // sunssf: the power of ten of other points
)

// point is a value of a model. Offsets count registers from the model's id, as the model is laid out on the wire.
type point struct {
	name   string
	offset uint16
	size   uint16 // registers
	kind   kind
	scale  string // name of the point's scale factor, if it has one
	unit   string // for people; empty where the value has none
}

// model is what this package knows of a SunSpec model. Models it does not know are skipped by their length.
type model struct {
	name   string
	points []point
}

func (m model) find(name string) (point, bool) {
	for _, p := range m.points {
		if p.name == name {
			return p, true
		}
	}
	return point{}, false
}

// lookup returns the model with this id. Single, split and three phase devices share a layout.
func lookup(id uint16) (model, bool) {
	m, ok := models[layout[id]]
	return m, ok
}

var layout = map[uint16]uint16{
	1:   1,
	101: 101, 102: 101, 103: 101,
	111: 111, 112: 111, 113: 111,
	120: 120, 121: 121, 124: 124,
	201: 201, 202: 201, 203: 201, 204: 201,
	211: 211, 212: 211, 213: 211, 214: 211,
	802: 802,
}

var models = map[uint16]model{
	1: {"common", []point{
		{"Mn", 2, 16, text, "", ""},
		{"Md", 18, 16, text, "", ""},
		{"Opt", 34, 8, text, "", ""},
		{"Vr", 42, 8, text, "", ""},
		{"SN", 50, 16, text, "", ""},
	}},
	101: {"inverter", []point{
		{"A", 2, 1, uint16Kind, "A_SF", "A"},
		{"A_SF", 6, 1, factor, "", ""},
		{"PhVphA", 10, 1, uint16Kind, "V_SF", "V"},
		{"PhVphB", 11, 1, uint16Kind, "V_SF", "V"},
		{"PhVphC", 12, 1, uint16Kind, "V_SF", "V"},
		{"V_SF", 13, 1, factor, "", ""},
		{"W", 14, 1, int16Kind, "W_SF", "W"},
		{"W_SF", 15, 1, factor, "", ""},
		{"Hz", 16, 1, uint16Kind, "Hz_SF", "Hz"},
		{"Hz_SF", 17, 1, factor, "", ""},
		{"WH", 24, 2, acc32, "WH_SF", "Wh"},
		{"WH_SF", 26, 1, factor, "", ""},
		{"DCW", 31, 1, int16Kind, "DCW_SF", "W"},
		{"DCW_SF", 32, 1, factor, "", ""},
		{"TmpCab", 33, 1, int16Kind, "Tmp_SF", "C"},
		{"Tmp_SF", 37, 1, factor, "", ""},
		{"St", 38, 1, enum16, "", ""},
		{"Evt1", 40, 2, bitfield32, "", ""},
	}},
	111: {"inverter, float", []point{
		{"A", 2, 2, float32Kind, "", "A"},
		{"PhVphA", 16, 2, float32Kind, "", "V"},
		{"PhVphB", 18, 2, float32Kind, "", "V"},
		{"PhVphC", 20, 2, float32Kind, "", "V"},
		{"W", 22, 2, float32Kind, "", "W"},
		{"Hz", 24, 2, float32Kind, "", "Hz"},
		{"WH", 32, 2, float32Kind, "", "Wh"},
		{"DCW", 38, 2, float32Kind, "", "W"},
		{"TmpCab", 40, 2, float32Kind, "", "C"},
		{"St", 48, 1, enum16, "", ""},
		{"Evt1", 50, 2, bitfield32, "", ""},
	}},
	120: {"nameplate", []point{
		{"DERTyp", 2, 1, enum16, "", ""},
		{"WRtg", 3, 1, uint16Kind, "WRtg_SF", "W"},
		{"WRtg_SF", 4, 1, factor, "", ""},
		{"WHRtg", 19, 1, uint16Kind, "WHRtg_SF", "Wh"},
		{"WHRtg_SF", 20, 1, factor, "", ""},
		{"MaxChaRte", 23, 1, uint16Kind, "MaxChaRte_SF", "W"},
		{"MaxChaRte_SF", 24, 1, factor, "", ""},
		{"MaxDisChaRte", 25, 1, uint16Kind, "MaxDisChaRte_SF", "W"},
		{"MaxDisChaRte_SF", 26, 1, factor, "", ""},
	}},
	121: {"settings", []point{
		{"WMax", 2, 1, uint16Kind, "WMax_SF", "W"},
		{"VRef", 3, 1, uint16Kind, "VRef_SF", "V"},
		{"WMax_SF", 22, 1, factor, "", ""},
		{"VRef_SF", 23, 1, factor, "", ""},
	}},
	124: {"storage", []point{
		{"WChaMax", 2, 1, uint16Kind, "WChaMax_SF", "W"},
		{"StorCtl_Mod", 5, 1, bitfield16, "", ""},
		{"MinRsvPct", 7, 1, uint16Kind, "MinRsvPct_SF", "%"},
		{"ChaState", 8, 1, uint16Kind, "ChaState_SF", "%"},
		{"ChaSt", 11, 1, enum16, "", ""},
		{"OutWRte", 12, 1, int16Kind, "InOutWRte_SF", "%"},
		{"InWRte", 13, 1, int16Kind, "InOutWRte_SF", "%"},
		{"InOutWRte_RvrtTms", 15, 1, uint16Kind, "", "s"},
		{"ChaGriSet", 17, 1, enum16, "", ""},
		{"WChaMax_SF", 18, 1, factor, "", ""},
		{"MinRsvPct_SF", 21, 1, factor, "", ""},
		{"ChaState_SF", 22, 1, factor, "", ""},
		{"InOutWRte_SF", 25, 1, factor, "", ""},
	}},
	201: {"meter", []point{
		{"A", 2, 1, int16Kind, "A_SF", "A"},
		{"A_SF", 6, 1, factor, "", ""},
		{"PhVphA", 8, 1, int16Kind, "V_SF", "V"},
		{"PhVphB", 9, 1, int16Kind, "V_SF", "V"},
		{"PhVphC", 10, 1, int16Kind, "V_SF", "V"},
		{"V_SF", 15, 1, factor, "", ""},
		{"Hz", 16, 1, int16Kind, "Hz_SF", "Hz"},
		{"Hz_SF", 17, 1, factor, "", ""},
		{"W", 18, 1, int16Kind, "W_SF", "W"},
		{"W_SF", 22, 1, factor, "", ""},
		{"TotWhExp", 38, 2, acc32, "TotWh_SF", "Wh"},
		{"TotWhImp", 46, 2, acc32, "TotWh_SF", "Wh"},
		{"TotWh_SF", 54, 1, factor, "", ""},
	}},
	211: {"meter, float", []point{
		{"A", 2, 2, float32Kind, "", "A"},
		{"PhVphA", 12, 2, float32Kind, "", "V"},
		{"PhVphB", 14, 2, float32Kind, "", "V"},
		{"PhVphC", 16, 2, float32Kind, "", "V"},
		{"Hz", 26, 2, float32Kind, "", "Hz"},
		{"W", 28, 2, float32Kind, "", "W"},
		{"TotWhExp", 60, 2, float32Kind, "", "Wh"},
		{"TotWhImp", 68, 2, float32Kind, "", "Wh"},
	}},
	802: {"battery", []point{
		{"WHRtg", 3, 1, uint16Kind, "WHRtg_SF", "Wh"},
		{"WChaRteMax", 4, 1, uint16Kind, "WChaDisChaMax_SF", "W"},
		{"WDisChaRteMax", 5, 1, uint16Kind, "WChaDisChaMax_SF", "W"},
		{"SoC", 11, 1, uint16Kind, "SoC_SF", "%"},
		{"NCyc", 14, 2, uint32Kind, "", ""},
		{"ChaSt", 16, 1, enum16, "", ""},
		{"State", 22, 1, enum16, "", ""},
		{"W", 47, 1, int16Kind, "W_SF", "W"},
		{"WHRtg_SF", 53, 1, factor, "", ""},
		{"WChaDisChaMax_SF", 54, 1, factor, "", ""},
		{"SoC_SF", 56, 1, factor, "", ""},
		{"W_SF", 63, 1, factor, "", ""},
	}},
}
