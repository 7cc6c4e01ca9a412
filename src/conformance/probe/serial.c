// SPDX-License-Identifier: GPL-2.0-only
// How does the probe tell what it saw? One record a line: a number, the text, and a check sum, so
// that a line which the kernel wrote into is known to be broken.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "probe.h"

#define RECORD_MAX 4000

static int line = 1;
static unsigned int records;

void open_line(void)
{
	int fd = open("/dev/ttyS0", O_WRONLY | O_NOCTTY);

	if (fd >= 0)
		line = fd;
}

static void say_list(const char *format, va_list list)
{
	char text[RECORD_MAX], whole[RECORD_MAX + 64];
	unsigned int sum = 0;
	int length, done = 0;

	vsnprintf(text, sizeof(text), format, list);
	// What the kernel left in a line that it did not end is no part of the record.
	length = snprintf(whole, sizeof(whole), "\n@%u %s ", ++records, text);
	for (int i = 1; i < length; i++)
		sum = (sum * 31 + (unsigned char)whole[i]) & 0xffff;
	length += snprintf(whole + length, sizeof(whole) - length, "~%04x\n", sum);
	while (done < length) {
		ssize_t n = write(line, whole + done, length - done);

		if (n <= 0)
			return;
		done += n;
	}
}

void say(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	say_list(format, list);
	va_end(list);
}

void power_off(void)
{
	// The kernel's farewell must not stand in the last record.
	tcdrain(line);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

void die(const char *format, ...)
{
	char text[512];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	say("fail %s", text);
	power_off();
}

double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n < 0 ? -1 : 0;
}
