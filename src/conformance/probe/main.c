// SPDX-License-Identifier: GPL-2.0-only
// What is to be done? The lines of /job: modules first, then events, cases, runs of two
// threads, and other programs.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "probe.h"

#define MODULE_IS_COMPRESSED 4
#define LINE_MAX_ (1 << 16)

static void mount_all(void)
{
	static const char *const places[][2] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" },
		{ "tracefs", "/sys/kernel/tracing" }, { "debugfs", "/sys/kernel/debug" },
		{ "tmpfs", "/tmp" },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		mkdir(places[i][1], 0755);
		mount(places[i][0], places[i][1], places[i][0], 0, NULL);
	}
}

/** `file parameters`: a file of the initramfs, which the kernel unpacks itself. */
static void load_module(char *words)
{
	char *rest = NULL, path[200];
	char *name = strtok_r(words, " ", &rest);
	int fd, flags = 0;

	if (name == NULL)
		die("a module has no name");
	snprintf(path, sizeof(path), "/%s", name);
	if (strstr(name, ".ko.") != NULL)
		flags = MODULE_IS_COMPRESSED;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	if (syscall(SYS_finit_module, fd, rest == NULL ? "" : rest, flags) < 0)
		die("%s cannot be loaded: %s", name, strerror(errno));
	close(fd);
	say("module %s", name);
}

/** `path value`: a file of the kernel is written. */
static void set_file(char *words)
{
	char *value = strchr(words, ' ');

	if (value != NULL)
		*value++ = 0;
	if (value == NULL || write_file(words, value) < 0)
		say("missing %s", words);
}

/** `path`: what a file of the kernel says in its first line. */
static void tell_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char text[200] = "";

	if (file != NULL && fgets(text, sizeof(text), file) != NULL)
		text[strcspn(text, "\n")] = 0;
	if (file != NULL)
		fclose(file);
	say("file %s %s", path, file == NULL ? "-" : text);
}

/** Is the line about this? Then `rest` is what follows the word. */
static int is_about(char *line, const char *word, char **rest)
{
	size_t length = strlen(word);

	if (strncmp(line, word, length) != 0 || line[length] != ' ')
		return 0;
	*rest = line + length + 1;
	return 1;
}

static void do_line(char *line)
{
	static int is_ready;
	char *rest;

	if (is_about(line, "module", &rest))
		return load_module(rest);
	if (is_about(line, "set", &rest))
		return set_file(rest);
	if (is_about(line, "tell", &rest))
		return tell_file(rest);
	if (is_about(line, "run", &rest))
		return do_run(rest);
	if (!is_ready++)
		prepare_kvm();
	if (strcmp(line, "new") == 0)
		return forget_vm();
	if (is_about(line, "case", &rest))
		return do_case(rest, 0);
	if (is_about(line, "traced", &rest))
		return do_case(rest, 1);
	if (is_about(line, "stress", &rest))
		return do_stress(rest);
	if (is_about(line, "freed", &rest))
		return do_freed(rest);
	die("no such job: %.40s", line);
}

int main(void)
{
	static char line[LINE_MAX_];
	struct utsname name;
	FILE *job;

	mount_all();
	open_line();
	uname(&name);
	say("kernel-release %s", name.release);
	job = fopen("/job", "r");
	if (job == NULL)
		die("there is no /job");
	while (fgets(line, sizeof(line), job) != NULL) {
		line[strcspn(line, "\n")] = 0;
		if (line[0] != 0)
			do_line(line);
	}
	tell_log();
	say("DONE");
	power_off();
}
