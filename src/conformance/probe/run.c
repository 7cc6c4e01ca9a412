// SPDX-License-Identifier: GPL-2.0-only
// What does another program of the initramfs say? It is run with a limit, and how it ended is told
// with the last lines of what it wrote.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "probe.h"

#define ARGUMENTS 16
/** The last lines say why it gave up. */
#define KEPT (1 << 14)
#define LINES 12

static void start(char **arguments, int to)
{
	int nothing = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	dup2(nothing, 0);
	dup2(to, 1);
	dup2(to, 2);
	execv(arguments[0], arguments);
	_exit(127);
}

/** Reads until the other end is closed or time is over; 0 if it is over. */
static int listen_to(int fd, double end, char *text, size_t *length)
{
	for (;;) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		double left = end - now();
		ssize_t n;

		if (left <= 0)
			return 0;
		if (poll(&poll_fd, 1, left > 1 ? 1000 : (int)(left * 1000) + 1) <= 0)
			continue;
		if (*length > KEPT / 2) {
			memmove(text, text + *length - KEPT / 4, KEPT / 4);
			*length = KEPT / 4;
		}
		n = read(fd, text + *length, KEPT - *length - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 1;
		*length += n;
	}
}

/** It may have shut its mouth and be at work still; 0 if time is over. */
static int wait_for(pid_t child, double end, int *status)
{
	while (waitpid(child, status, WNOHANG) == 0) {
		if (now() > end)
			return 0;
		usleep(1000);
	}
	return 1;
}

static void tell_lines(const char *id, char *text)
{
	char *lines[LINES], *rest = NULL;
	int count = 0;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		for (char *c = line; *c != 0; c++)
			if (*c < ' ' || *c > '~')
				*c = ' ';
		lines[count++ % LINES] = line;
	}
	for (int i = count < LINES ? 0 : count - LINES; i < count; i++)
		say("said %s %.300s", id, lines[i % LINES]);
}

/** One try; tells `ran id exit 0 0.25`, `signal 6` or `limit 60`. 1 if it ended with 0. */
static int try_it(const char *id, double limit, char **arguments)
{
	static char text[KEPT];
	double began = now(), end = began + limit;
	size_t length = 0;
	int ends[2], status = 0, is_over;
	pid_t child;

	// If the kernel dies, this is what it died of.
	say("begins %s", id);
	if (pipe2(ends, O_CLOEXEC) < 0)
		die("no pipe");
	child = fork();
	if (child < 0)
		die("no process");
	if (child == 0)
		start(arguments, ends[1]);
	close(ends[1]);
	is_over = listen_to(ends[0], end, text, &length);
	close(ends[0]);
	if (is_over)
		is_over = wait_for(child, end, &status);
	kill(-child, SIGKILL);
	if (!is_over) {
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
	text[length] = 0;
	tell_lines(id, text);
	if (!is_over)
		say("ran %s limit %.0f %.2f", id, limit, now() - began);
	else if (WIFSIGNALED(status))
		say("ran %s signal %d %.2f", id, WTERMSIG(status), now() - began);
	else
		say("ran %s exit %d %.2f", id, WEXITSTATUS(status), now() - began);
	return is_over && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/** `id tries seconds program arguments`: what fails is tried again. */
void do_run(char *words)
{
	char *rest = NULL, *id = strtok_r(words, " ", &rest), *tries = strtok_r(NULL, " ", &rest);
	char *limit = strtok_r(NULL, " ", &rest), *arguments[ARGUMENTS] = { 0 };

	for (int i = 0; i < ARGUMENTS - 1; i++)
		arguments[i] = strtok_r(NULL, " ", &rest);
	if (id == NULL || tries == NULL || limit == NULL || arguments[0] == NULL)
		die("a program has no name");
	for (int left = atoi(tries); left > 0; left--)
		if (try_it(id, atof(limit), arguments))
			break;
}
