"""Serves a register dump by Modbus/TCP with pymodbus, an implementation that shares no code with ours.

usage: serve_dump.py DUMP.json

The dump maps addresses to 16 bit values; null is a register the device refused to tell. The port is chosen by the
system and printed as the first line. Each line of the standard input, ADDRESS VALUE..., changes neighbouring registers
at once and is answered by a line. The server ends when its standard input does.
"""
import asyncio
import json
import sys

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.server.async_io import ModbusTcpServer
from pymodbus.transaction import ModbusSocketFramer


async def main():
    with open(sys.argv[1], encoding="ascii") as dump:
        registers = {int(a): v for a, v in json.load(dump).items() if v is not None}
    block = ModbusSparseDataBlock(registers, mutable=False)
    unit = ModbusSlaveContext(di=block, co=block, hr=block, ir=block, zero_mode=True)
    server = ModbusTcpServer(
        ModbusServerContext(slaves=unit, single=True), framer=ModbusSocketFramer, address=("127.0.0.1", 0)
    )
    running = asyncio.ensure_future(server.serve_forever())
    await server.serving
    print(server.server.sockets[0].getsockname()[1], flush=True)
    while line := await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        address, *values = (int(word) for word in line.split())
        block.setValues(address, values)
        print("set", flush=True)
    running.cancel()


asyncio.run(main())
