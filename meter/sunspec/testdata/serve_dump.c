/* Serves a register dump by Modbus/TCP with libmodbus, an implementation that shares no code with ours.
 *
 * usage: serve_dump DUMP.json
 *
 * The dump maps addresses to 16 bit values; null is a register the device refused to tell. The port is chosen by the system
 * and printed as the first line. The server ends when its standard input does. */
#include <arpa/inet.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

static uint16_t values[65536];
static char known[65536];

static void load(const char *path) {
	FILE *f = fopen(path, "r");
	int address;
	char value[16];
	if (f == NULL || fgetc(f) != '{')
		exit(1);
	while (fscanf(f, " \"%d\": %15[^,}]", &address, value) == 2) {
		if (strcmp(value, "null") != 0) {
			values[address] = atoi(value);
			known[address] = 1;
		}
		fgetc(f);
	}
	fclose(f);
}

static void answer(modbus_t *ctx, modbus_mapping_t *map, uint8_t *query, int length) {
	int at = modbus_get_header_length(ctx);
	int address = query[at + 1] << 8 | query[at + 2], count = query[at + 3] << 8 | query[at + 4];
	for (int i = address; i < address + count && i < 65536; i++) {
		if (!known[i]) {
			modbus_reply_exception(ctx, query, MODBUS_EXCEPTION_ILLEGAL_DATA_ADDRESS);
			return;
		}
	}
	modbus_reply(ctx, query, length, map);
}

int main(int argc, char **argv) {
	load(argv[argc - 1]);
	modbus_t *ctx = modbus_new_tcp("127.0.0.1", 0);
	modbus_mapping_t *map = modbus_mapping_new(0, 0, 65536, 0);
	int listener = ctx == NULL || map == NULL ? -1 : modbus_tcp_listen(ctx, 1);
	struct sockaddr_in own;
	socklen_t size = sizeof own;
	if (listener < 0 || getsockname(listener, (struct sockaddr *)&own, &size) != 0)
		return 1;
	memcpy(map->tab_registers, values, sizeof values);
	printf("%d\n", ntohs(own.sin_port));
	fflush(stdout);
	for (int client = -1;;) {
		fd_set ready;
		FD_ZERO(&ready);
		FD_SET(0, &ready);
		FD_SET(client < 0 ? listener : client, &ready);
		if (select((client > listener ? client : listener) + 1, &ready, NULL, NULL, NULL) < 0 || FD_ISSET(0, &ready))
			return 0;
		if (client < 0) {
			client = modbus_tcp_accept(ctx, &listener);
			continue;
		}
		uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
		int length = modbus_receive(ctx, query);
		if (length > 0) {
			answer(ctx, map, query, length);
		} else if (length < 0) {
			close(client);
			client = -1;
		}
	}
}
