// SPDX-License-Identifier: GPL-2.0-only
// What did the kernel do inside? Its own tracepoints, with marks of ours between them, and what it
// wrote to its log.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>
#include "probe.h"

#define TRACING "/sys/kernel/tracing/"
/** The last lines are the story. */
#define LINES_MAX 600
#define LINE_LENGTH 300
#define LOG_MAX (1 << 20)

static int marker = -1;

void start_trace(void)
{
	int fd = open(TRACING "trace", O_WRONLY | O_TRUNC);

	if (fd >= 0)
		close(fd);
	if (marker < 0)
		marker = open(TRACING "trace_marker", O_WRONLY);
	write_file(TRACING "tracing_on", "1");
}

void mark(const char *format, ...)
{
	char text[200];
	va_list list;

	if (marker < 0)
		return;
	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (write(marker, text, strlen(text)) < 0)
		marker = -1;
}

void stop_trace(void)
{
	write_file(TRACING "tracing_on", "0");
}

/** The buffer as records `trace id line`; a last one says how many there were. */
void tell_trace(const char *id)
{
	FILE *file = fopen(TRACING "trace", "r");
	static char kept[LINES_MAX][LINE_LENGTH];
	char text[LINE_LENGTH];
	int count = 0, first;

	if (file == NULL) {
		say("missing trace");
		return;
	}
	while (fgets(text, sizeof(text), file) != NULL) {
		text[strcspn(text, "\n")] = 0;
		if (text[0] == '#' || text[0] == 0)
			continue;
		strcpy(kept[count++ % LINES_MAX], text);
	}
	fclose(file);
	first = count < LINES_MAX ? 0 : count - LINES_MAX;
	for (int i = first; i < count; i++)
		say("trace %s %s", id, kept[i % LINES_MAX]);
	say("traced %s %d", id, count - first);
}

/** Lines of the kernel's log that say that something is wrong. */
void tell_log(void)
{
	static const char *const words[] = { "WARNING:", "BUG:", "RIP:", "Oops", "rcu: INFO" };
	static char log[LOG_MAX];
	int length = klogctl(3, log, sizeof(log) - 1), count = 0;
	char *rest = NULL;

	log[length < 0 ? 0 : length] = 0;
	for (char *line = strtok_r(log, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (strstr(line, words[i]) != NULL && count++ < 20) {
				say("kernel %.300s", line);
				break;
			}
	say("log %d", count);
}
