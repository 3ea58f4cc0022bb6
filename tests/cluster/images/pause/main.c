// Keeps the network of a Pod open until it is told to end.
#include <signal.h>
#include <unistd.h>

static void end(int signal) {
    (void)signal;
    _exit(0);
}

int main(void) {
    signal(SIGTERM, end);
    signal(SIGINT, end);
    signal(SIGCHLD, SIG_IGN); // Where containers share processes, this is the one that must reap them.
    for (;;)
        pause();
}
