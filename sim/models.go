package sim

// The models that the homes show, by the official definitions (github.com/sunspec/models, Apache-2.0): common, three-phase
// inverter, nameplate, controls, storage, three-phase wye meter, battery. Each line has a type and the points that follow one another.
var (
	model1 = layout(1, `
		string16 Mn Md
		string8 Opt Vr
		string16 SN
		uint16 DA
		pad Pad`)
	model103 = layout(103, `
		uint16 A AphA AphB AphC
		sunssf A_SF
		uint16 PPVphAB PPVphBC PPVphCA PhVphA PhVphB PhVphC
		sunssf V_SF
		int16 W
		sunssf W_SF
		uint16 Hz
		sunssf Hz_SF
		int16 VA
		sunssf VA_SF
		int16 VAr
		sunssf VAr_SF
		int16 PF
		sunssf PF_SF
		acc32 WH
		sunssf WH_SF
		uint16 DCA
		sunssf DCA_SF
		uint16 DCV
		sunssf DCV_SF
		int16 DCW
		sunssf DCW_SF
		int16 TmpCab TmpSnk TmpTrns TmpOt
		sunssf Tmp_SF
		enum16 St StVnd
		bitfield32 Evt1 Evt2 EvtVnd1 EvtVnd2 EvtVnd3 EvtVnd4`)
	model120 = layout(120, `
		enum16 DERTyp
		uint16 WRtg
		sunssf WRtg_SF
		uint16 VARtg
		sunssf VARtg_SF
		int16 VArRtgQ1 VArRtgQ2 VArRtgQ3 VArRtgQ4
		sunssf VArRtg_SF
		uint16 ARtg
		sunssf ARtg_SF
		int16 PFRtgQ1 PFRtgQ2 PFRtgQ3 PFRtgQ4
		sunssf PFRtg_SF
		uint16 WHRtg
		sunssf WHRtg_SF
		uint16 AhrRtg
		sunssf AhrRtg_SF
		uint16 MaxChaRte
		sunssf MaxChaRte_SF
		uint16 MaxDisChaRte
		sunssf MaxDisChaRte_SF
		pad Pad`)
	model123 = layout(123, `
		uint16 Conn_WinTms Conn_RvrtTms
		enum16 Conn
		uint16 WMaxLimPct WMaxLimPct_WinTms WMaxLimPct_RvrtTms WMaxLimPct_RmpTms
		enum16 WMaxLim_Ena
		int16 OutPFSet
		uint16 OutPFSet_WinTms OutPFSet_RvrtTms OutPFSet_RmpTms
		enum16 OutPFSet_Ena
		int16 VArWMaxPct VArMaxPct VArAvalPct
		uint16 VArPct_WinTms VArPct_RvrtTms VArPct_RmpTms
		enum16 VArPct_Mod VArPct_Ena
		sunssf WMaxLimPct_SF OutPFSet_SF VArPct_SF`)
	model124 = layout(124, `
		uint16 WChaMax WChaGra WDisChaGra
		bitfield16 StorCtl_Mod
		uint16 VAChaMax MinRsvPct ChaState StorAval InBatV
		enum16 ChaSt
		int16 OutWRte InWRte
		uint16 InOutWRte_WinTms InOutWRte_RvrtTms InOutWRte_RmpTms
		enum16 ChaGriSet
		sunssf WChaMax_SF WChaDisChaGra_SF VAChaMax_SF MinRsvPct_SF ChaState_SF StorAval_SF InBatV_SF InOutWRte_SF`)
	model203 = layout(203, `
		int16 A AphA AphB AphC
		sunssf A_SF
		int16 PhV PhVphA PhVphB PhVphC PPV PhVphAB PhVphBC PhVphCA
		sunssf V_SF
		int16 Hz
		sunssf Hz_SF
		int16 W WphA WphB WphC
		sunssf W_SF
		int16 VA VAphA VAphB VAphC
		sunssf VA_SF
		int16 VAR VARphA VARphB VARphC
		sunssf VAR_SF
		int16 PF PFphA PFphB PFphC
		sunssf PF_SF
		acc32 TotWhExp TotWhExpPhA TotWhExpPhB TotWhExpPhC TotWhImp TotWhImpPhA TotWhImpPhB TotWhImpPhC
		sunssf TotWh_SF
		acc32 TotVAhExp TotVAhExpPhA TotVAhExpPhB TotVAhExpPhC TotVAhImp TotVAhImpPhA TotVAhImpPhB TotVAhImpPhC
		sunssf TotVAh_SF
		acc32 TotVArhImpQ1 TotVArhImpQ1PhA TotVArhImpQ1PhB TotVArhImpQ1PhC TotVArhImpQ2 TotVArhImpQ2PhA TotVArhImpQ2PhB
		acc32 TotVArhImpQ2PhC TotVArhExpQ3 TotVArhExpQ3PhA TotVArhExpQ3PhB TotVArhExpQ3PhC TotVArhExpQ4 TotVArhExpQ4PhA
		acc32 TotVArhExpQ4PhB TotVArhExpQ4PhC
		sunssf TotVArh_SF
		bitfield32 Evt`)
	model802 = layout(802, `
		uint16 AHRtg WHRtg WChaRteMax WDisChaRteMax DisChaRte SoCMax SoCMin SocRsvMax SoCRsvMin SoC DoD SoH
		uint32 NCyc
		enum16 ChaSt LocRemCtl
		uint16 Hb CtrlHb AlmRst
		enum16 Typ State StateVnd
		uint32 WarrDt
		bitfield32 Evt1 Evt2 EvtVnd1 EvtVnd2
		uint16 V VMax VMin CellVMax CellVMaxStr CellVMaxMod CellVMin CellVMinStr CellVMinMod CellVAvg
		int16 A
		uint16 AChaMax ADisChaMax
		int16 W
		enum16 ReqInvState
		int16 ReqW
		enum16 SetOp SetInvState
		sunssf AHRtg_SF WHRtg_SF WChaDisChaMax_SF DisChaRte_SF SoC_SF DoD_SF SoH_SF V_SF CellV_SF A_SF AMax_SF W_SF`)
)
