// Serves a register dump by Modbus/TCP with modbus-serial, an implementation that shares no code with ours.
//
// usage: serve_dump.js DUMP.json
//
// The dump maps addresses to 16 bit values; null is a register the device refused to tell. The port is chosen by the
// system and printed as the first line. The server ends when its standard input does.
const fs = require("fs");
const net = require("net");
const { ServerTCP } = require("modbus-serial");

const registers = JSON.parse(fs.readFileSync(process.argv[2]));
const refused = Object.assign(new Error("illegal data address"), { modbusErrorCode: 2 });
const unit = {
	getHoldingRegister: (address, _unit, done) => {
		const value = registers[address];
		value === undefined || value === null ? done(refused) : done(null, value);
	},
};
const probe = net.createServer().listen(0, "127.0.0.1", () => {
	const { port } = probe.address();
	probe.close(() => {
		const server = new ServerTCP(unit, { host: "127.0.0.1", port, unitID: 255 });
		server.on("initialized", () => console.log(port));
	});
});
process.stdin.on("end", () => process.exit(0)).resume();
